package dev.ragops.runtime.store;

import java.util.List;

/**
 * What a write did.
 *
 * @param sequence of the store once this write is visible; that of the head when nothing changed
 */
public record WriteResult(long sequence, List<Outcome> outcomes) {
    public WriteResult {
        outcomes = List.copyOf(outcomes);
    }

    public record Outcome(String id, Status status) {}

    public enum Status {
        CREATED,
        UPDATED,
        UNCHANGED,
        DELETED,
        ABSENT
    }
}
