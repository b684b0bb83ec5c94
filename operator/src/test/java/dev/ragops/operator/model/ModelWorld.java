package dev.ragops.operator.model;

import dev.ragops.api.v1alpha1.HeaderMatch;
import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagModelSpec;
import dev.ragops.api.v1alpha1.RolloutReference;
import dev.ragops.api.v1alpha1.SplitStatus;
import dev.ragops.api.v1alpha1.TrafficStatus;
import dev.ragops.operator.gateway.RouteProbe;
import dev.ragops.operator.registry.RegistryPoller;
import dev.ragops.operator.registry.Resolution;
import dev.ragops.operator.revision.Revisions;
import dev.ragops.operator.route.Route;
import dev.ragops.operator.route.RouteFile;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A model as a decision sees it, played honestly: what is decided comes true, and nothing else does. */
final class ModelWorld {
    static final String UID = "uid-1";
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    RagModelSpec spec = spec("");
    Optional<RegistryPoller.Snapshot> registry = Optional.empty();
    Optional<RouteFile> file = Optional.empty();
    final List<Revisioned> revisions = new ArrayList<>();
    Optional<RolloutReference> bound = Optional.empty();
    Optional<TrafficStatus> traffic = Optional.empty();
    Optional<RouteProbe.Applied> applied = Optional.empty();
    Optional<Hindrance> hindrance = Optional.empty();

    static RagModelSpec spec(String more) {
        return Serialization.unmarshal("""
                apiVersion: ragops.dev/v1alpha1
                kind: RagModel
                metadata: {name: support}
                spec:
                  registry: {url: "http://mlflow:5000"}
                  model: {name: support-rag, alias: production}
                """ + more.indent(2), RagModel.class).getSpec();
    }

    Observation observation() {
        return new Observation(
                now, "team", "support", UID, spec, registry, file, revisions, bound, traffic, applied, hindrance);
    }

    Plan decide() {
        return Decider.decide(observation());
    }

    /** Decides, and lets the world be as decided. */
    Plan step() {
        Plan plan = decide();
        plan.record()
                .ifPresent(revision ->
                        revisions.add(new Revisioned(revision, revisions.size() + 1, false, 0, 0, false, "", false)));
        file = plan.file();
        plan.workloads()
                .forEach((name, replicas) -> replace(
                        name,
                        r -> new Revisioned(
                                r.revision(),
                                r.number(),
                                true,
                                replicas,
                                r.readyReplicas(),
                                r.indexing(),
                                r.failure(),
                                r.invalid())));
        plan.retired()
                .forEach(name ->
                        replace(name, r -> new Revisioned(r.revision(), r.number(), false, 0, 0, false, "", false)));
        revisions.removeIf(r -> plan.forgotten().contains(r.revision().name()));
        return plan;
    }

    void replace(String name, UnaryOperator<Revisioned> change) {
        revisions.replaceAll(r -> r.revision().name().equals(name) ? change.apply(r) : r);
    }

    void ready(String name, int pods) {
        replace(name, r -> new Revisioned(r.revision(), r.number(), true, r.desiredReplicas(), pods, true, "", false));
    }

    void resolves(String version) {
        resolves(version, Map.of());
    }

    void resolves(String version, Map<String, Double> metrics) {
        registry = Optional.of(new RegistryPoller.Snapshot(
                new Resolution.Found(version, "run-" + version, version.repeat(64), metrics), now));
    }

    String nameOf(String version) {
        return Revisions.cut(
                        "support", spec, new Resolution.Found(version, "run-" + version, version.repeat(64), Map.of()))
                .name();
    }

    /** Version 1 serves, its route is applied. */
    String serving() {
        resolves("1");
        step();
        step();
        String name = nameOf("1");
        ready(name, 1);
        step();
        return name;
    }

    void asks(
            long seq,
            String stable,
            @Nullable String candidate,
            @Nullable String control,
            SplitStatus.Kind kind,
            String percent) {
        bound = Optional.of(new RolloutReference("support", "rollout-uid"));
        traffic = Optional.of(new TrafficStatus(
                UID,
                1,
                seq,
                stable,
                candidate,
                control,
                new SplitStatus(kind, percent),
                List.of(new HeaderMatch("x-beta", "true")),
                true,
                2,
                "10s",
                List.of()));
    }

    static Route route(Plan plan) {
        return plan.file().orElseThrow().route();
    }

    static String revision(Route.@Nullable Track track) {
        return track == null ? "" : track.revision();
    }
}
