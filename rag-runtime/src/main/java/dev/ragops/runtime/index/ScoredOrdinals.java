package dev.ragops.runtime.index;

import java.util.Arrays;

/**
 * Rows found, best first.
 *
 * @param ordinals {@code int[n]}
 * @param scores {@code float[n]}, inner products in fp32
 */
public record ScoredOrdinals(int[] ordinals, float[] scores) {
    public static final ScoredOrdinals NONE = new ScoredOrdinals(new int[0], new float[0]);

    public int count() {
        return ordinals.length;
    }

    /** The best {@code n} of them; all when there are fewer. */
    public ScoredOrdinals first(int n) {
        return n >= count() ? this : new ScoredOrdinals(Arrays.copyOf(ordinals, n), Arrays.copyOf(scores, n));
    }
}
