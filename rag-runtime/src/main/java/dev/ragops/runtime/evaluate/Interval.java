package dev.ragops.runtime.evaluate;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What a mean over few questions is worth: a percentile bootstrap interval (Efron, Tibshirani 1993, chapter 13). Same
 * input, same interval.
 *
 * @param low 2.5 % of resampled means lie below it
 * @param high 2.5 % lie above it
 */
public record Interval(double mean, double low, double high) {
    private static final int RESAMPLES = 2_000;
    private static final long SEED = 17;

    /**
     * @param values one figure a question
     */
    public static Interval of(double[] values) {
        if (values.length == 0) {
            return new Interval(0, 0, 0);
        }
        SplittableRandom random = new SplittableRandom(SEED);
        double[] means = new double[RESAMPLES];
        for (int r = 0; r < RESAMPLES; r++) {
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                sum += values[random.nextInt(values.length)];
            }
            means[r] = sum / values.length;
        }
        Arrays.sort(means);
        return new Interval(
                Arrays.stream(values).average().orElse(0),
                means[(int) (RESAMPLES * 0.025)],
                means[(int) (RESAMPLES * 0.975)]);
    }

    /** Whether the interval excludes zero: of a difference, whether it is one. */
    public boolean excludesZero() {
        return low > 0 || high < 0;
    }
}
