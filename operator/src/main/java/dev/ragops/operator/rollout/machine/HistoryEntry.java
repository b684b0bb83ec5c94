package dev.ragops.operator.rollout.machine;

import java.time.Instant;

/**
 * One attempt that is over.
 *
 * @param reason why, in words
 * @param reported whether the registry has been told
 */
public record HistoryEntry(
        long attempt, String revision, String version, Outcome outcome, String reason, Instant at, boolean reported) {
    HistoryEntry told() {
        return new HistoryEntry(attempt, revision, version, outcome, reason, at, true);
    }
}
