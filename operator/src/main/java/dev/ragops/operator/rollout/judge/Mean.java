package dev.ragops.operator.rollout.judge;

/**
 * How far the mean of values between 0 and 1 may be from the truth, at any time, with probability at most alpha.
 *
 * <p>Robbins' normal mixture for sub-Gaussian values (variance factor 1/4, Hoeffding), narrowest near 200 values.
 */
final class Mean {
    private static final double RHO_SQUARED = 0.06;

    private Mean() {}

    static double radius(long count, double alpha) {
        double scaled = count * RHO_SQUARED + 1;
        return 0.5
                * Math.sqrt(2
                        * scaled
                        / ((double) count * count * RHO_SQUARED)
                        * Math.log(Math.sqrt(scaled) / (alpha / 2)));
    }
}
