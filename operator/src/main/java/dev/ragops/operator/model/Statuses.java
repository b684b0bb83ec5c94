package dev.ragops.operator.model;

import dev.ragops.api.v1alpha1.EndpointsStatus;
import dev.ragops.api.v1alpha1.RagModelStatus;
import dev.ragops.api.v1alpha1.RevisionStatus;
import dev.ragops.api.v1alpha1.RouteStatus;
import dev.ragops.api.v1alpha1.SplitStatus;
import dev.ragops.api.v1alpha1.TargetStatus;
import dev.ragops.operator.StatusBudget;
import dev.ragops.operator.gateway.RouteProbe;
import dev.ragops.operator.revision.Revision;
import dev.ragops.operator.route.Memory;
import dev.ragops.operator.route.Route;
import dev.ragops.operator.route.RouteFile;
import dev.ragops.operator.workload.Names;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells what is, in the fields of a status. Built fresh from the observation and the plan; only transition times come from before. */
final class Statuses {
    private static final int MAX_REVISIONS = 64;
    private static final int MAX_FAILURE = 512;
    private static final int SHORT = 128;
    private static final int VERY_SHORT = 48;

    private final Observation seen;
    private final Plan plan;
    private final @Nullable RagModelStatus before;

    private Statuses(Observation seen, Plan plan, @Nullable RagModelStatus before) {
        this.seen = seen;
        this.plan = plan;
        this.before = before;
    }

    /** @param generation of the spec that was observed */
    static RagModelStatus status(Observation seen, Plan plan, @Nullable RagModelStatus before, long generation) {
        return StatusBudget.fitted(
                new Statuses(seen, plan, before).status(generation),
                List.of(status -> shorter(status, SHORT, 50), status -> shorter(status, VERY_SHORT, 10)));
    }

    private RagModelStatus status(long generation) {
        Optional<Route> route = plan.file().map(RouteFile::route);
        Optional<String> stable = route.map(Route::stable).map(Route.Track::revision);
        int ready =
                stable.flatMap(seen::revision).map(Revisioned::readyReplicas).orElse(0);
        List<Condition> old = before == null ? List.of() : before.conditions();
        return new RagModelStatus(
                generation,
                target().orElse(null),
                revisions(route),
                seen.bound().orElse(null),
                route.map(this::route).orElse(null),
                new EndpointsStatus("http://" + seen.name() + "." + seen.namespace() + ".svc"),
                ready,
                stable.map(name -> Names.REVISION_LABEL + "=" + name).orElse(null),
                new Conditions(seen, plan, generation, old).all());
    }

    private Optional<TargetStatus> target() {
        String at = plan.file().map(RouteFile::memory).map(Memory::targetAt).orElse("");
        return plan.target()
                .map((Revision target) -> new TargetStatus(
                        target.name(), target.version(), target.runId(), target.digest(), target.configDigest(), at));
    }

    private List<RevisionStatus> revisions(Optional<Route> route) {
        return seen.revisions().stream()
                .filter(revision ->
                        !plan.forgotten().contains(revision.revision().name()))
                .sorted(Comparator.comparingLong(Revisioned::number).reversed())
                .limit(MAX_REVISIONS)
                .map(revision -> new RevisionStatus(
                        revision.revision().name(),
                        revision.revision().version(),
                        revision.revision().digest(),
                        track(route, revision.revision().name()),
                        plan.workloads().getOrDefault(revision.revision().name(), 0),
                        trusted(route, revision),
                        state(revision),
                        failure(revision),
                        revision.insight()
                                .indexing()
                                .map(Insight.Indexing::done)
                                .orElse(null),
                        revision.insight()
                                .indexing()
                                .map(Insight.Indexing::total)
                                .orElse(null),
                        revision.insight().lag() == 0
                                ? null
                                : revision.insight().lag()))
                .sorted(Comparator.comparing(RevisionStatus::name))
                .toList();
    }

    /** Ready pods, without those of a candidate that run something else than it says: such a candidate gets no more users. */
    private static int trusted(Optional<Route> route, Revisioned revision) {
        RevisionStatus.Track track = track(route, revision.revision().name());
        boolean serves = track == RevisionStatus.Track.STABLE || track == RevisionStatus.Track.CONTROL;
        return serves
                ? revision.readyReplicas()
                : Math.max(0, revision.readyReplicas() - revision.insight().differing());
    }

    private static @Nullable String failure(Revisioned revision) {
        String failure = revision.failure().isEmpty() ? revision.insight().difference() : revision.failure();
        return failure.isEmpty() ? null : cut(failure);
    }

    private static RevisionStatus.@Nullable Track track(Optional<Route> route, String name) {
        if (route.isEmpty()) {
            return null;
        }
        if (is(route.get().stable(), name)) {
            return RevisionStatus.Track.STABLE;
        }
        if (is(route.get().candidate(), name)) {
            return RevisionStatus.Track.CANDIDATE;
        }
        return is(route.get().control(), name) ? RevisionStatus.Track.CONTROL : null;
    }

    private static boolean is(Route.@Nullable Track track, String name) {
        return track != null && track.revision().equals(name);
    }

    private RevisionStatus.State state(Revisioned revision) {
        if (revision.invalid()) {
            return RevisionStatus.State.INVALID;
        }
        if (!revision.deployed()) {
            return plan.workloads().containsKey(revision.revision().name())
                    ? RevisionStatus.State.STARTING
                    : RevisionStatus.State.RETIRED;
        }
        if (!revision.insight().difference().isEmpty()) {
            return RevisionStatus.State.FAILED;
        }
        if (revision.readyReplicas() > 0 && revision.readyReplicas() >= revision.desiredReplicas()) {
            return RevisionStatus.State.READY;
        }
        if (!revision.failure().isEmpty()) {
            return RevisionStatus.State.FAILED;
        }
        return revision.indexing() || revision.insight().indexing().isPresent()
                ? RevisionStatus.State.INDEXING
                : RevisionStatus.State.STARTING;
    }

    private RouteStatus route(Route route) {
        Optional<RouteProbe.Applied> applied = seen.applied().filter(a -> a.generation() == route.generation());
        boolean verified = applied.map(RouteProbe.Applied::everywhere).orElse(false);
        long attempt = plan.file().map(RouteFile::memory).map(Memory::attempt).orElse(0L);
        return new RouteStatus(
                route.generation(),
                route.appliedSeq(),
                (int) attempt,
                route.stable() == null ? null : route.stable().revision(),
                route.candidate() == null ? null : route.candidate().revision(),
                route.control() == null ? null : route.control().revision(),
                new SplitStatus(kind(route.split().kind()), route.split().percent()),
                verified,
                verified
                        ? applied.flatMap(RouteProbe.Applied::since)
                                .map(since -> since.truncatedTo(java.time.temporal.ChronoUnit.MILLIS)
                                        .toString())
                                .orElse(null)
                        : null,
                applied.map(RouteProbe.Applied::lagging).orElse(List.of()).stream()
                        .limit(50)
                        .sorted()
                        .toList());
    }

    private static SplitStatus.Kind kind(String name) {
        return Map.of(
                        "none", SplitStatus.Kind.NONE,
                        "shadow", SplitStatus.Kind.SHADOW,
                        "split", SplitStatus.Kind.SPLIT,
                        "control", SplitStatus.Kind.CONTROL)
                .getOrDefault(name, SplitStatus.Kind.NONE);
    }

    private static String cut(String text) {
        return StatusBudget.cut(text, MAX_FAILURE);
    }

    /** Revisions and where they stand are kept; what is said of them, of conditions and of pods that lag gets less. */
    private static RagModelStatus shorter(RagModelStatus full, int words, int pods) {
        return new RagModelStatus(
                full.observedGeneration(),
                full.target(),
                full.revisions().stream().map(r -> shorter(r, words)).toList(),
                full.rolloutRef(),
                full.route() == null ? null : shorter(full.route(), pods),
                full.endpoints(),
                full.replicas(),
                full.selector(),
                full.conditions().stream()
                        .map(c -> new ConditionBuilder(c)
                                .withMessage(StatusBudget.cut(c.getMessage(), 2 * words))
                                .build())
                        .toList());
    }

    private static RevisionStatus shorter(RevisionStatus full, int words) {
        return new RevisionStatus(
                full.name(),
                full.version(),
                full.digest(),
                full.track(),
                full.desiredReplicas(),
                full.readyReplicas(),
                full.state(),
                full.lastFailure() == null ? null : StatusBudget.cut(full.lastFailure(), words),
                full.indexed(),
                full.toIndex(),
                full.lag());
    }

    private static RouteStatus shorter(RouteStatus full, int pods) {
        return new RouteStatus(
                full.generation(),
                full.appliedSeq(),
                full.appliedAttempt(),
                full.stable(),
                full.candidate(),
                full.control(),
                full.weights(),
                full.verified(),
                full.verifiedAt(),
                full.lagging().stream().limit(pods).toList());
    }
}
