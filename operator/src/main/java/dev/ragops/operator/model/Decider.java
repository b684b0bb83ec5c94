package dev.ragops.operator.model;

import dev.ragops.api.v1alpha1.AutoscalingSpec;
import dev.ragops.api.v1alpha1.RagModelSpec;
import dev.ragops.api.v1alpha1.RejectedRevision;
import dev.ragops.api.v1alpha1.RuntimeSpec;
import dev.ragops.api.v1alpha1.TrafficStatus;
import dev.ragops.operator.registry.Gates;
import dev.ragops.operator.registry.Resolution;
import dev.ragops.operator.revision.Revision;
import dev.ragops.operator.revision.Revisions;
import dev.ragops.operator.route.Memory;
import dev.ragops.operator.route.Route;
import dev.ragops.operator.route.RouteFile;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Decides what should be, from what is. Pure: no clock, no client; the same observation gives the same plan. */
final class Decider {
    private static final Duration SCALE_DOWN_DELAY = Duration.ofSeconds(30);

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

    /** Who serves after this decision. */
    private record Tracks(
            Optional<String> stable,
            Optional<String> candidate,
            Optional<String> control,
            Route.Split split,
            List<Route.Match> matches,
            boolean fallback,
            long seq,
            long attempt,
            int floor,
            Duration scaleDownDelay,
            List<RejectedRevision> rejected) {}

    private Plan plan() {
        List<String> gate = List.of();
        Optional<Revision> target = memory.targeted();
        Optional<Resolution.Found> found = seen.registry()
                .map(snapshot -> snapshot.resolution())
                .flatMap(resolution -> resolution instanceof Resolution.Found f ? Optional.of(f) : Optional.empty());
        if (found.isPresent()) {
            gate = Gates.failures(seen.spec().gates(), found.get().metrics());
            if (gate.isEmpty()) {
                target = Optional.of(Revisions.cut(seen.name(), seen.spec(), found.get()));
            }
        }
        boolean paused = Boolean.TRUE.equals(seen.spec().paused());
        boolean isNew = target.isPresent() && !target.equals(memory.targeted());
        if (paused && isNew && before.isPresent()) {
            // A frozen model keeps the target it had; what is new waits.
            target = memory.targeted();
        }
        Optional<Revision> record =
                target.filter(revision -> seen.revision(revision.name()).isEmpty());
        Tracks tracks = tracks(target, record.isPresent(), paused);
        Map<String, Integer> workloads = workloads(tracks, target, record, paused);
        Map<String, String> unused = unused(workloads.keySet());
        Set<String> retired = retired(unused, tracks.scaleDownDelay());
        Optional<RouteFile> file = file(target, tracks, unused);
        return new Plan(
                target,
                record,
                file,
                workloads,
                tracks.floor(),
                retired,
                forgotten(tracks, target, retired),
                gate,
                paused ? "spec.paused" : "");
    }

    private Tracks tracks(Optional<Revision> target, boolean unrecorded, boolean paused) {
        Tracks last = last();
        if (last.stable().isEmpty()) {
            // The first revision takes over when it is ready, whatever the promotion.
            Optional<String> first = target.map(Revision::name).filter(this::ready);
            return serving(last, first.isPresent() && !unrecorded ? first : Optional.empty());
        }
        if (seen.spec().promotion() == RagModelSpec.Promotion.DIRECT) {
            Optional<String> next = target.map(Revision::name).filter(name -> !paused && fullyReady(name));
            return serving(last, next.or(last::stable));
        }
        if (seen.bound().isEmpty()) {
            // A rollout that was taken away mid-way leaves users on stable.
            return serving(last, last.stable());
        }
        return seen.traffic()
                .filter(traffic -> acceptable(traffic, last))
                .map(this::asked)
                .orElse(last);
    }

    private Tracks last() {
        return before.map(route -> new Tracks(
                        Optional.ofNullable(route.stable()).map(Route.Track::revision),
                        Optional.ofNullable(route.candidate()).map(Route.Track::revision),
                        Optional.ofNullable(route.control()).map(Route.Track::revision),
                        route.split(),
                        route.matches(),
                        route.fallback(),
                        route.appliedSeq(),
                        memory.attempt(),
                        seen.traffic().map(Decider::floor).orElse(0),
                        seen.traffic().map(Decider::delay).orElse(SCALE_DOWN_DELAY),
                        memory.rejected()))
                .orElse(new Tracks(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Route.Split.NONE,
                        List.of(),
                        true,
                        0,
                        0,
                        0,
                        SCALE_DOWN_DELAY,
                        List.of()));
    }

    private static Tracks serving(Tracks last, Optional<String> stable) {
        return new Tracks(
                stable,
                Optional.empty(),
                Optional.empty(),
                Route.Split.NONE,
                List.of(),
                last.fallback(),
                last.seq(),
                last.attempt(),
                0,
                last.scaleDownDelay(),
                last.rejected());
    }

    /** Ignores what is meant for another model, is older than what was realised, or names what we do not know. */
    private boolean acceptable(TrafficStatus traffic, Tracks last) {
        if (!seen.uid().equals(traffic.modelUid()) || traffic.seq() == null || traffic.seq() < last.seq()) {
            return false;
        }
        List<String> named = new ArrayList<>();
        Optional.ofNullable(traffic.stable()).ifPresent(named::add);
        Optional.ofNullable(traffic.candidate()).ifPresent(named::add);
        Optional.ofNullable(traffic.control()).ifPresent(named::add);
        if (traffic.stable() == null
                || named.stream().anyMatch(name -> seen.revision(name).isEmpty())) {
            return false;
        }
        boolean movesStable = !last.stable().equals(Optional.of(traffic.stable()));
        boolean ready = !movesStable || ready(traffic.stable());
        boolean rejected = traffic.rejected().stream()
                .anyMatch(entry -> entry.revision().equals(traffic.candidate())
                        || entry.revision().equals(traffic.stable()));
        return ready && !rejected;
    }

    private Tracks asked(TrafficStatus traffic) {
        var split = traffic.split();
        return new Tracks(
                Optional.ofNullable(traffic.stable()),
                Optional.ofNullable(traffic.candidate()),
                Optional.ofNullable(traffic.control()),
                split == null
                        ? Route.Split.NONE
                        : new Route.Split(split.kind().name().toLowerCase(java.util.Locale.ROOT), split.percent()),
                traffic.matches().stream().map(Route.Match::new).toList(),
                !Boolean.FALSE.equals(traffic.fallback()),
                traffic.seq() == null ? 0 : traffic.seq(),
                traffic.attempt() == null ? 0 : traffic.attempt(),
                floor(traffic),
                delay(traffic),
                traffic.rejected());
    }

    private static int floor(TrafficStatus traffic) {
        return traffic.floor() == null ? 0 : traffic.floor();
    }

    private static Duration delay(TrafficStatus traffic) {
        return traffic.scaleDownDelay() == null ? SCALE_DOWN_DELAY : Durations.parse(traffic.scaleDownDelay());
    }

    private boolean ready(String revision) {
        return seen.revision(revision).map(Revisioned::isReady).orElse(false);
    }

    private boolean fullyReady(String revision) {
        return seen.revision(revision)
                .map(r -> r.isReady() && r.readyReplicas() >= r.desiredReplicas())
                .orElse(false);
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
        if (takesOverByItself && (!paused || tracks.stable().isEmpty()) && record.isEmpty()) {
            target.map(Revision::name)
                    .filter(name ->
                            !seen.revision(name).map(Revisioned::invalid).orElse(false) || deployed(name))
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

    private Optional<RouteFile> file(Optional<Revision> target, Tracks tracks, Map<String, String> unused) {
        Route route = new Routes(seen)
                .route(
                        tracks.stable(),
                        tracks.candidate(),
                        tracks.control(),
                        tracks.split(),
                        tracks.matches(),
                        tracks.fallback(),
                        tracks.seq())
                .after(before.orElse(null));
        String at = target.equals(memory.targeted()) && !memory.targetAt().isEmpty()
                ? memory.targetAt()
                : seen.now().toString();
        Memory next = new Memory(
                target.orElse(null), target.isPresent() ? at : "", tracks.attempt(), tracks.rejected(), unused);
        return Optional.of(new RouteFile(route, next));
    }
}
