package dev.ragops.operator.rollout.machine;

import dev.ragops.operator.rollout.evidence.Evidence;
import dev.ragops.operator.rollout.judge.MetricReading;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Everything one decision rests on.
 *
 * @param uid of the rollout
 * @param modelName for messages
 * @param state what the status said; empty for a new rollout and after someone wiped it
 * @param evidence the collector's latest sum, if any
 * @param readings one for each Prometheus check
 * @param reported attempts whose outcome the registry has been told
 */
public record Snapshot(
        Instant now,
        String uid,
        String modelName,
        Settings settings,
        Optional<ModelView> model,
        Optional<State> state,
        Optional<Evidence> evidence,
        List<MetricReading> readings,
        Set<Long> reported) {
    public Snapshot {
        reported = Set.copyOf(reported);
        readings = List.copyOf(readings);
    }
}
