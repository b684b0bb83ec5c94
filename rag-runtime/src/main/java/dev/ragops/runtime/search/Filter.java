package dev.ragops.runtime.search;

import java.util.List;

/** Which passages a query may see, by their document's metadata: the OpenAI vector-store filter language as data. */
public sealed interface Filter {
    /**
     * {@code metadata[key] operator value}. A missing key matches only {@code NE} and {@code NIN}; a list value matches
     * when one of its elements does ({@code NE}, {@code NIN}: when none does).
     *
     * @param value String, Number or Boolean; for IN and NIN a List of them
     */
    record Comparison(Operator operator, String key, Object value) implements Filter {}

    record And(List<Filter> filters) implements Filter {}

    record Or(List<Filter> filters) implements Filter {}

    enum Operator {
        EQ,
        NE,
        GT,
        GTE,
        LT,
        LTE,
        IN,
        NIN
    }
}
