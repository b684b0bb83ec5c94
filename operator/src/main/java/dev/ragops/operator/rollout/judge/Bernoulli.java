package dev.ragops.operator.rollout.judge;

/**
 * An anytime-valid confidence interval for a share of bad events, so that looking after every interval raises no false alarm.
 *
 * <p>Robbins' mixture martingale with a Beta(1/2, 1/2) prior: for the true share p, {@code E(p) = B(1/2 + bad, 1/2 + good) / (B(1/2, 1/2) p^bad
 * (1-p)^good)} exceeds {@code 1/alpha} at any time ever with probability at most alpha (Ville). The interval is where it does not. It needs totals
 * only, so a restarted operator continues where it was. See Howard, Ramdas, McAuliffe, Sekhon 2021, section 4; Waudby-Smith and Ramdas 2024.
 */
final class Bernoulli {
    private static final int HALVINGS = 60;
    private static final double LOG_BETA_PRIOR = Math.log(Math.PI); // B(1/2, 1/2)

    private Bernoulli() {}

    /** The lower end: below it the true share lies with probability at most {@code alpha}, however often one looks. */
    static double lower(long bad, long total, double alpha) {
        if (bad == 0 || total == 0) {
            return 0;
        }
        double outside = 0;
        double inside = (double) bad / total;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (outside + inside) / 2;
            if (logEvidenceAgainst(middle, bad, total) >= -Math.log(alpha)) {
                outside = middle;
            } else {
                inside = middle;
            }
        }
        return outside;
    }

    /** The upper end, likewise. */
    static double upper(long bad, long total, double alpha) {
        return 1 - lower(total - bad, total, alpha);
    }

    private static double logEvidenceAgainst(double share, long bad, long total) {
        long good = total - bad;
        return logBeta(0.5 + bad, 0.5 + good)
                - LOG_BETA_PRIOR
                - bad * Math.log(share)
                - (good == 0 ? 0 : good * Math.log1p(-share));
    }

    private static double logBeta(double a, double b) {
        return logGamma(a) + logGamma(b) - logGamma(a + b);
    }

    /** Stirling's series after shifting the argument above 10; absolute error below 1e-12 there. */
    private static double logGamma(double x) {
        double shift = 0;
        double y = x;
        while (y < 10) {
            shift -= Math.log(y);
            y += 1;
        }
        double inverse = 1 / y;
        double square = inverse * inverse;
        double series = inverse
                * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680 - square / 1188))));
        return shift + (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series;
    }
}
