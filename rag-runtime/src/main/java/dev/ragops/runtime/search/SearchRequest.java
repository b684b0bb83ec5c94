package dev.ragops.runtime.search;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One question to a view.
 *
 * @param mode empty: as configured
 * @param minScore hits below this final score are left out
 */
public record SearchRequest(
        String question,
        int topK,
        Optional<RetrievalConfig.Mode> mode,
        String collection,
        Optional<Filter> filter,
        OptionalDouble minScore) {
    /** The default collection, as configured, no filter. */
    public static SearchRequest of(String question, int topK) {
        return new SearchRequest(question, topK, Optional.empty(), "default", Optional.empty(), OptionalDouble.empty());
    }
}
