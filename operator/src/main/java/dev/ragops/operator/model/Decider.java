package dev.ragops.operator.model;

import dev.ragops.api.v1alpha1.AutoscalingSpec;
import dev.ragops.api.v1alpha1.RagModelSpec;
import dev.ragops.api.v1alpha1.RuntimeSpec;
import dev.ragops.operator.registry.Gates;
import dev.ragops.operator.registry.Resolution;
import dev.ragops.operator.revision.Revision;
import dev.ragops.operator.revision.Revisions;
import dev.ragops.operator.route.Memory;
import dev.ragops.operator.route.Route;
import dev.ragops.operator.route.RouteFile;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides what should be, from what is. Pure: no clock, no client; the same observation gives the same plan. */
final class Decider {
    private final Observation seen;
    private final Memory memory;
    private final Optional<Route> before;

    private Decider(Observation seen) {
        this.seen = seen;
        this.memory = seen.file().map(RouteFile::memory).orElse(Memory.EMPTY);
        this.before = seen.file().map(RouteFile::route);
    }

    static Plan decide(Observation seen) {
        return new Decider(seen).plan();
    }

    private Plan plan() {
        boolean paused = Boolean.TRUE.equals(seen.spec().paused());
        Optional<Resolution.Found> found = seen.registry()
                .map(snapshot -> snapshot.resolution())
                .flatMap(resolution -> resolution instanceof Resolution.Found f ? Optional.of(f) : Optional.empty());
        List<String> gate = found.map(version -> Gates.failures(seen.spec().gates(), version.metrics()))
                .orElse(List.of());
        Optional<Revision> target = target(found, gate.isEmpty(), paused);
        Optional<Revision> record =
                target.filter(revision -> seen.revision(revision.name()).isEmpty());
        Tracks tracks = new Handshake(seen).tracks(record.isPresent() ? Optional.empty() : target);
        Map<String, Integer> workloads = workloads(tracks, target, record, paused);
        Map<String, String> unused = unused(workloads.keySet());
        Set<String> retired = retired(unused, tracks.scaleDownDelay());
        return new Plan(
                target,
                record,
                Optional.of(file(target, tracks, unused)),
                workloads,
                tracks.floor(),
                retired,
                forgotten(tracks, target, retired),
                gate,
                paused ? "spec.paused" : "");
    }

    /** Gates and a pause hold back what is new. The way back to what serves is open to whoever moves the alias. */
    private Optional<Revision> target(Optional<Resolution.Found> found, boolean passes, boolean paused) {
        if (found.isEmpty()) {
            return memory.targeted();
        }
        Revision named = Revisions.cut(seen.name(), seen.spec(), found.get());
        boolean serves = before.map(route -> named(route.stable(), named) || named(route.control(), named))
                .orElse(false);
        boolean waits = paused && before.isPresent() && !memory.targeted().equals(Optional.of(named));
        return serves || (passes && !waits) ? Optional.of(named) : memory.targeted();
    }

    private static boolean named(Route.@Nullable Track track, Revision revision) {
        return track != null && track.revision().equals(revision.name());
    }

    /** Pods for every track, for a first revision on its way, and in Direct mode for the next one. */
    private Map<String, Integer> workloads(
            Tracks tracks, Optional<Revision> target, Optional<Revision> record, boolean paused) {
        Map<String, Integer> workloads = new LinkedHashMap<>();
        int replicas = Math.max(replicas(seen.spec()), tracks.floor());
        tracks.stable().ifPresent(name -> workloads.put(name, replicas));
        tracks.candidate()
                .filter(name -> !paused || deployed(name))
                .ifPresent(name -> workloads.putIfAbsent(name, replicas));
        tracks.control().ifPresent(name -> workloads.putIfAbsent(name, replicas));
        boolean takesOverByItself =
                tracks.stable().isEmpty() || seen.spec().promotion() == RagModelSpec.Promotion.DIRECT;
        if (takesOverByItself && record.isEmpty()) {
            target.map(Revision::name)
                    .filter(name -> deployed(name)
                            || (!paused
                                    && !seen.revision(name)
                                            .map(Revisioned::invalid)
                                            .orElse(false)))
                    .ifPresent(name -> workloads.putIfAbsent(name, replicas));
        }
        return workloads;
    }

    private boolean deployed(String revision) {
        return seen.revision(revision).map(Revisioned::deployed).orElse(false);
    }

    static int replicas(RagModelSpec spec) {
        RuntimeSpec runtime = spec.runtime();
        if (runtime == null) {
            return 1;
        }
        AutoscalingSpec autoscaling = runtime.autoscaling();
        if (autoscaling != null) {
            return autoscaling.minReplicas();
        }
        return runtime.replicas() == null ? 1 : runtime.replicas();
    }

    private Map<String, String> unused(Set<String> needed) {
        Map<String, String> unused = new HashMap<>();
        for (Revisioned revision : seen.revisions()) {
            String name = revision.revision().name();
            if (revision.deployed() && !needed.contains(name)) {
                unused.put(
                        name, memory.unusedSince().getOrDefault(name, seen.now().toString()));
            }
        }
        return unused;
    }

    private Set<String> retired(Map<String, String> unused, Duration delay) {
        Set<String> retired = new HashSet<>();
        unused.forEach((name, since) -> {
            if (!Instant.parse(since).plus(delay).isAfter(seen.now())) {
                retired.add(name);
            }
        });
        return retired;
    }

    private Set<String> forgotten(Tracks tracks, Optional<Revision> target, Set<String> retired) {
        Set<String> kept = new LinkedHashSet<>();
        tracks.stable().ifPresent(kept::add);
        tracks.candidate().ifPresent(kept::add);
        tracks.control().ifPresent(kept::add);
        target.map(Revision::name).ifPresent(kept::add);
        Integer limit = seen.spec().revisionHistoryLimit();
        List<String> rest = seen.revisions().stream()
                .filter(r -> !kept.contains(r.revision().name()))
                .filter(r -> !r.deployed() || retired.contains(r.revision().name()))
                .sorted(Comparator.comparingLong(Revisioned::number).reversed())
                .map(r -> r.revision().name())
                .skip(limit == null ? 10 : limit)
                .toList();
        return new HashSet<>(rest);
    }

    private RouteFile file(Optional<Revision> target, Tracks tracks, Map<String, String> unused) {
        Route route = new Routes(seen).route(tracks).after(before.orElse(null));
        String at = target.equals(memory.targeted()) && !memory.targetAt().isEmpty()
                ? memory.targetAt()
                : seen.now().toString();
        Memory next = new Memory(
                target.orElse(null), target.isPresent() ? at : "", tracks.attempt(), tracks.rejected(), unused);
        return new RouteFile(route, next);
    }
}
