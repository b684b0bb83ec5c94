package dev.ragops.operator.rollout.machine;

import java.time.Instant;

/** One attempt that is over. */
public record HistoryEntry(
        long attempt,
        RevisionId candidate,
        RevisionId stable,
        Cause cause,
        String detail,
        Instant startedAt,
        Instant endedAt) {}
