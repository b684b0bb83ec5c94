package dev.ragops.operator.rollout.plan;

import java.math.BigDecimal;

/**
 * A share of the users in hundredths of a percent, because the gateway deals them into exactly 10,000 buckets.
 *
 * @param buckets 0 to 10,000
 */
public record Share(int buckets) implements Comparable<Share> {
    public static final int ALL_BUCKETS = 10_000;
    public static final Share NONE = new Share(0);
    public static final Share ALL = new Share(ALL_BUCKETS);

    public Share {
        if (buckets < 0 || buckets > ALL_BUCKETS) {
            throw new IllegalArgumentException("a share is between 0 and 100 percent, not " + buckets / 100.0);
        }
    }

    public static Share ofPercent(BigDecimal percent) {
        return new Share(percent.movePointRight(2).intValueExact());
    }

    public static Share ofPercent(long percent) {
        return ofPercent(BigDecimal.valueOf(percent));
    }

    /** In percent, without trailing zeros: {@code 12.5}. */
    public BigDecimal percent() {
        BigDecimal percent = BigDecimal.valueOf(buckets, 2).stripTrailingZeros();
        return percent.scale() < 0 ? percent.setScale(0) : percent;
    }

    /** How many of {@code replicas} pods this share of the users needs, rounded up. */
    public int replicasOf(int replicas) {
        return Math.ceilDiv(buckets * replicas, ALL_BUCKETS);
    }

    @Override
    public int compareTo(Share other) {
        return Integer.compare(buckets, other.buckets);
    }

    @Override
    public String toString() {
        return percent().toPlainString() + "%";
    }
}
