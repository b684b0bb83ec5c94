package dev.ragops.operator.model;

import dev.ragops.api.v1alpha1.RagModelSpec;
import dev.ragops.api.v1alpha1.RolloutReference;
import dev.ragops.api.v1alpha1.TrafficStatus;
import dev.ragops.operator.gateway.RouteProbe;
import dev.ragops.operator.registry.RegistryPoller;
import dev.ragops.operator.route.RouteFile;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All that one decision rests on.
 *
 * @param file route and memory as they stand, none at a first install
 * @param bound the rollout that decides, the oldest one
 * @param traffic what it asks for
 * @param hindrance what kept the last plan from being realised
 */
record Observation(
        Instant now,
        String namespace,
        String name,
        String uid,
        RagModelSpec spec,
        Optional<RegistryPoller.Snapshot> registry,
        Optional<RouteFile> file,
        List<Revisioned> revisions,
        Optional<RolloutReference> bound,
        Optional<TrafficStatus> traffic,
        Optional<RouteProbe.Applied> applied,
        Optional<Hindrance> hindrance) {
    static final Duration DEFAULT_POLL_INTERVAL = Duration.ofSeconds(30);

    Observation {
        revisions = List.copyOf(revisions);
    }

    Observation hinderedBy(Optional<Hindrance> found) {
        return new Observation(
                now, namespace, name, uid, spec, registry, file, revisions, bound, traffic, applied, found);
    }

    Optional<Revisioned> revision(String revisionName) {
        return revisions.stream()
                .filter(r -> r.revision().name().equals(revisionName))
                .findFirst();
    }
}
