package dev.ragops.runtime.http;

import dev.ragops.runtime.search.RetrievalConfig;
import dev.ragops.runtime.search.SearchRequest;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A checked {@code POST /query}.
 *
 * @param minSequence the view must show at least this
 */
record QueryRequest(SearchRequest search, Optional<Long> minSequence, boolean explain) {
    static final int MAX_QUERY = 8_000;
    static final int MAX_TOP_K = 100;

    static QueryRequest parse(byte[] body, int defaultTopK) {
        Fields fields = Fields.parse(
                body, "query", "topK", "mode", "collection", "filter", "minScore", "minSequence", "explain");
        Optional<Double> minScore = fields.number("minScore");
        return new QueryRequest(
                new SearchRequest(
                        fields.required("query", MAX_QUERY),
                        fields.integer("topK", 1, MAX_TOP_K).orElse(defaultTopK),
                        fields.text("mode", 16).map(QueryRequest::mode),
                        collection(fields),
                        fields.node("filter").map(node -> Filters.read("filter", node)),
                        minScore.isPresent() ? OptionalDouble.of(minScore.get()) : OptionalDouble.empty()),
                fields.sequence("minSequence"),
                fields.flag("explain"));
    }

    static String collection(Fields fields) {
        return fields.text("collection", 128).filter(name -> !name.isBlank()).orElse("default");
    }

    private static RetrievalConfig.Mode mode(String name) {
        return Arrays.stream(RetrievalConfig.Mode.values())
                .filter(mode -> mode.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() -> Problem.field("mode", "must be hybrid, dense or lexical"));
    }
}
