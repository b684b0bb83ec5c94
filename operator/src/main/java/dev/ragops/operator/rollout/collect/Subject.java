package dev.ragops.operator.rollout.collect;

import dev.ragops.operator.rollout.evidence.Tally;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What is to be collected for one rollout, as its last reconcile said.
 *
 * @param generation of the route whose evidence counts
 * @param seed sums of the same generation that an earlier process of the operator had written
 * @param held whether pairs of answers do not count now, because the tracks answer from different documents
 * @param checks Prometheus queries with the revisions filled in
 */
public record Subject(
        String namespace,
        String rollout,
        String model,
        String modelUid,
        long generation,
        Duration interval,
        Optional<Tally> seed,
        boolean held,
        Optional<Prometheus> prometheus) {
    /** Where to ask and what. */
    public record Prometheus(String url, Optional<String> credentialsSecret, List<Check> checks) {
        public Prometheus {
            checks = List.copyOf(checks);
        }
    }

    public record Check(String name, String query) {}

    boolean isSameWatchAs(Subject other) {
        return modelUid.equals(other.modelUid) && generation == other.generation;
    }
}
