package dev.ragops.operator.rollout.evidence;

import java.util.Map;
import java.util.TreeMap;

/**
 * Events of one track and answer class.
 *
 * @param total judged events, without the excluded
 * @param errors bad ones: 5xx, broken connections, time-outs, shedding
 * @param slow by latency objective: answers at or over its threshold, or errors
 */
public record Counters(
        long total,
        long errors,
        long shed,
        long clientErrors,
        long excluded,
        Map<String, Long> slow,
        Histogram latency) {
    public static final Counters NONE = new Counters(0, 0, 0, 0, 0, Map.of(), Histogram.EMPTY);

    public Counters {
        slow = Map.copyOf(slow);
    }

    public Counters plus(Counters other) {
        return combined(other, 1);
    }

    /** What was added since {@code earlier}; never negative, a process that counts backwards adds nothing. */
    public Counters minus(Counters earlier) {
        return combined(earlier, -1);
    }

    private Counters combined(Counters other, int sign) {
        Map<String, Long> slows = new TreeMap<>(slow);
        other.slow.forEach((name, count) -> slows.merge(name, sign * count, Long::sum));
        slows.replaceAll((_, count) -> Math.max(0, count));
        return new Counters(
                Math.max(0, total + sign * other.total),
                Math.max(0, errors + sign * other.errors),
                Math.max(0, shed + sign * other.shed),
                Math.max(0, clientErrors + sign * other.clientErrors),
                Math.max(0, excluded + sign * other.excluded),
                slows,
                sign > 0 ? latency.plus(other.latency) : latency.minus(other.latency));
    }
}
