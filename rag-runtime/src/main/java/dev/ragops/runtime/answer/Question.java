package dev.ragops.runtime.answer;

import dev.ragops.runtime.search.SearchHit;
import dev.ragops.runtime.trace.Trace;
import java.time.Duration;
import java.util.List;

/**
 * What is to be answered, from what, and how long it may take.
 *
 * @param hits the sources of the response, best first; citations are indexes into them
 * @param shadow a mirrored question: nobody pays for a generator
 * @param left of the request's deadline
 * @param trace of the request, for what is asked on its behalf
 */
public record Question(String text, List<SearchHit> hits, boolean shadow, Duration left, Trace trace) {
    /** More than any request may take. */
    public static final Duration UNHURRIED = Duration.ofMinutes(10);

    public Question {
        hits = List.copyOf(hits);
    }
}
