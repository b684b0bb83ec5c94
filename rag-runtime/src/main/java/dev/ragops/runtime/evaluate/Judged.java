package dev.ragops.runtime.evaluate;

import java.util.Map;

/**
 * A question with its judgements.
 *
 * @param grades by document id; above 0 is relevant
 */
public record Judged(String id, String question, Map<String, Integer> grades) {
    public Judged {
        grades = Map.copyOf(grades);
    }

    public boolean hasRelevant() {
        return grades.values().stream().anyMatch(grade -> grade > 0);
    }
}
