package dev.ragops.operator.rollout.evidence;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Latencies in buckets, because shares and quantiles of many gateways can then be added without keeping events.
 *
 * @param bounds upper ends in milliseconds, ascending
 * @param counts one more than bounds; the last is everything above
 */
public record Histogram(List<Double> bounds, List<Long> counts) {
    public static final Histogram EMPTY = new Histogram(List.of(), List.of(0L));

    public Histogram {
        bounds = List.copyOf(bounds);
        counts = List.copyOf(counts);
        if (counts.size() != bounds.size() + 1) {
            throw new IllegalArgumentException(
                    "a histogram of " + bounds.size() + " bounds has one count more, not " + counts.size());
        }
    }

    public long total() {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    public Histogram plus(Histogram other) {
        return combined(other, 1);
    }

    public Histogram minus(Histogram other) {
        return combined(other, -1);
    }

    private Histogram combined(Histogram other, int sign) {
        if (other.total() == 0) {
            return this;
        }
        if (total() == 0 && sign > 0) {
            return other;
        }
        if (!bounds.equals(other.bounds)) {
            // Gateways of two releases during an upgrade: adding unlike buckets would invent latencies.
            return sign > 0 && other.total() > total() ? other : this;
        }
        List<Long> sums = new ArrayList<>(counts.size());
        for (int i = 0; i < counts.size(); i++) {
            sums.add(Math.max(0, counts.get(i) + sign * other.counts.get(i)));
        }
        return new Histogram(bounds, sums);
    }

    /**
     * The latency below which {@code quantile} of the events lie, interpolated in its bucket; empty without events. What lies above the last
     * bound counts as that bound.
     */
    public OptionalDouble quantile(double quantile) {
        long total = total();
        if (total == 0 || bounds.isEmpty()) {
            return OptionalDouble.empty();
        }
        double rank = quantile * total;
        long below = 0;
        for (int i = 0; i < bounds.size(); i++) {
            long count = counts.get(i);
            if (count > 0 && below + count >= rank) {
                double from = i == 0 ? 0 : bounds.get(i - 1);
                return OptionalDouble.of(from + (bounds.get(i) - from) * (rank - below) / count);
            }
            below += count;
        }
        return OptionalDouble.of(bounds.getLast());
    }

    /** Events surely above {@code millis}: those of buckets that begin there or later. */
    public long above(double millis) {
        long sum = 0;
        for (int i = 0; i < bounds.size(); i++) {
            if (bounds.get(i) >= millis) {
                sum += counts.get(i + 1);
            }
        }
        return sum;
    }
}
