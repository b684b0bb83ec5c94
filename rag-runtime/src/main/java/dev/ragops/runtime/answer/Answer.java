package dev.ragops.runtime.answer;

import java.util.List;

/**
 * What is said to the user.
 *
 * @param ending how it came to its end
 * @param lowConfidence the sources hardly fit the question, or the answer hardly rests on them
 * @param groundedness share of the answer's sentences that a source supports, 0 to 1, see {@link Grounding}
 * @param citations which stretch of the text rests on which source, in order
 */
public record Answer(
        String text, Kind kind, Ending ending, boolean lowConfidence, double groundedness, List<Citation> citations) {
    public Answer {
        citations = List.copyOf(citations);
    }

    public enum Kind {
        EXTRACTIVE,
        GENERATED
    }

    public enum Ending {
        /** As it was meant. */
        WHOLE,
        /** A generator was wanted and did not answer: this stands in for its answer. */
        STAND_IN,
        /** The generator reached the limit of its answer's length. */
        LENGTH,
        /** The generator broke off after its first words. */
        CUT
    }

    /**
     * @param start UTF-16 offset in the answer
     * @param end exclusive
     * @param source index into the sources of the response
     * @param sourceStart UTF-16 offset in the text of that source where the support stands: a sentence, or the whole text when no single sentence carries it
     * @param sourceEnd exclusive
     */
    public record Citation(int start, int end, int source, int sourceStart, int sourceEnd) {}

    /** Whether a generator was wanted and did not answer, or not to the end. */
    public boolean degraded() {
        return ending != Ending.WHOLE;
    }

    /** The same, marked as a stand-in. */
    Answer asStandIn() {
        return new Answer(text, kind, Ending.STAND_IN, lowConfidence, groundedness, citations);
    }
}
