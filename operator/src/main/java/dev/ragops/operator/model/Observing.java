package dev.ragops.operator.model;

import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagModelStatus;
import dev.ragops.api.v1alpha1.RagRollout;
import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.api.v1alpha1.RolloutReference;
import dev.ragops.api.v1alpha1.RouteStatus;
import dev.ragops.operator.gateway.RouteProbe;
import dev.ragops.operator.registry.RegistryPoller;
import dev.ragops.operator.route.Memory;
import dev.ragops.operator.route.Route;
import dev.ragops.operator.route.RouteFile;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Gathers what a decision rests on from the caches and from what was asked beside them; of a route that was lost, what is remembered elsewhere. */
final class Observing {
    private Observing() {}

    static Observation of(
            RagModel model,
            Cluster cluster,
            Optional<RegistryPoller.Snapshot> registry,
            Optional<RouteProbe.Applied> applied,
            Instant now) {
        Optional<RagRollout> bound = cluster.bound();
        return new Observation(
                now,
                model.getMetadata().getNamespace(),
                model.getMetadata().getName(),
                model.getMetadata().getUid(),
                model.getSpec(),
                registry,
                file(model, cluster, now),
                cluster.revisions(),
                bound.map(rollout -> new RolloutReference(
                        rollout.getMetadata().getName(), rollout.getMetadata().getUid())),
                bound.map(RagRollout::getStatus).map(RagRolloutStatus::traffic),
                applied,
                Optional.empty());
    }

    /** The route as it stands; where it is gone, what the status remembers of it, and last what the records do. */
    private static Optional<RouteFile> file(RagModel model, Cluster cluster, Instant now) {
        Route.ModelId id = new Route.ModelId(
                model.getMetadata().getNamespace(),
                model.getMetadata().getName(),
                model.getMetadata().getUid());
        return cluster.route()
                .map(ConfigMap::getData)
                .flatMap(RouteFile::parse)
                .or(() -> Optional.ofNullable(model.getStatus())
                        .map(RagModelStatus::route)
                        .filter(route -> route.stable() != null)
                        .map(route -> remembered(id, route, cluster)))
                .or(() -> Marks.remembered(id, cluster.records(), now));
    }

    private static RouteFile remembered(Route.ModelId id, RouteStatus route, Cluster cluster) {
        return new RouteFile(
                Route.toStable(
                        id,
                        Objects.requireNonNullElse(route.generation(), 0L),
                        Objects.requireNonNullElse(route.appliedSeq(), 0L),
                        String.valueOf(route.stable())),
                new Memory(
                        null,
                        "",
                        Objects.requireNonNullElse(route.appliedAttempt(), 0),
                        Marks.rejected(cluster.records()),
                        Map.of()));
    }
}
