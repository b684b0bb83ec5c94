package dev.ragops.runtime.evaluate;

import java.util.List;

/**
 * The ranks at which recall is taken.
 *
 * @param ranks ascending
 */
public record Cutoffs(List<Integer> ranks) {
    public static final Cutoffs DEFAULT = new Cutoffs(List.of(10, 100));

    /** Evaluation asks for so many chunks, so behind it nothing would be found. */
    private static final int MOST = 1000;

    /** @throws InvalidInputException when one is not a rank that an evaluation sees, or there is none */
    public Cutoffs {
        ranks = ranks.stream().distinct().sorted().toList();
        if (ranks.isEmpty() || ranks.getFirst() < 1 || ranks.getLast() > MOST) {
            throw new InvalidInputException("--k must be one or more numbers from 1 to " + MOST + ", not " + ranks);
        }
    }
}
