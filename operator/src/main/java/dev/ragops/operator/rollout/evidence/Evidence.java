package dev.ragops.operator.rollout.evidence;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What all gateways together have shown for one generation of the route, as of a moment.
 *
 * @param at when it was complete last: every gateway that serves had answered
 * @param lostIntervals how often something counted was lost with a process that went
 * @param processes gateway processes that are part of the sum
 */
public record Evidence(
        long generation,
        Instant at,
        Tally tally,
        Optional<Ejection> ejection,
        long lostIntervals,
        SortedSet<String> processes) {
    public Evidence {
        processes = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(processes));
    }

    /** Whether it is recent enough to decide on: not older than two intervals. */
    public boolean freshAt(Instant now, Duration interval) {
        return !at.isBefore(now.minus(interval.multipliedBy(2)));
    }
}
