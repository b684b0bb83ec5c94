package dev.ragops.runtime.answer;

import java.util.List;

/**
 * What is said to the user.
 *
 * @param degraded a generator was wanted and did not answer
 * @param lowConfidence the sources hardly fit the question
 * @param citations which stretch of the text rests on which source
 */
public record Answer(String text, Kind kind, boolean degraded, boolean lowConfidence, List<Citation> citations) {
    public Answer {
        citations = List.copyOf(citations);
    }

    public enum Kind {
        EXTRACTIVE,
        GENERATED
    }

    /**
     * @param start UTF-16 offset in the answer
     * @param source index into the sources of the response
     */
    public record Citation(int start, int end, int source) {}
}
