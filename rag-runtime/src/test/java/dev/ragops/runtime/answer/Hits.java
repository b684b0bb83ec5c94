package dev.ragops.runtime.answer;

import dev.ragops.runtime.search.Passage;
import dev.ragops.runtime.search.SearchHit;
import dev.ragops.runtime.trace.Trace;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Sources as a search returns them. */
final class Hits {
    private Hits() {}

    static SearchHit hit(String id, String text, double dense) {
        return new SearchHit(
                new Passage("default", id, 0, 0, text.length(), "", text, Map.of()),
                dense,
                OptionalDouble.of(dense),
                OptionalDouble.empty(),
                OptionalDouble.empty());
    }

    static List<SearchHit> of(String... texts) {
        return java.util.Arrays.stream(texts).map(text -> hit(text, text, 0.8)).toList();
    }

    static Question question(String text, List<SearchHit> hits) {
        return new Question(text, hits, false, Question.UNHURRIED, Trace.none());
    }
}
