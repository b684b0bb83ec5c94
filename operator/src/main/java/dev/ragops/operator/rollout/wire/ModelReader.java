package dev.ragops.operator.rollout.wire;

import dev.ragops.api.v1alpha1.ObjectiveSpec;
import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagModelSpec;
import dev.ragops.api.v1alpha1.RagModelStatus;
import dev.ragops.api.v1alpha1.RevisionStatus;
import dev.ragops.api.v1alpha1.RouteStatus;
import dev.ragops.api.v1alpha1.TargetStatus;
import dev.ragops.operator.Durations;
import dev.ragops.operator.rollout.judge.Objective;
import dev.ragops.operator.rollout.machine.ModelView;
import dev.ragops.operator.rollout.machine.Readiness;
import dev.ragops.operator.rollout.machine.Rejection;
import dev.ragops.operator.rollout.machine.RevisionId;
import dev.ragops.operator.rollout.machine.RevisionView;
import dev.ragops.operator.rollout.machine.RolloutId;
import dev.ragops.operator.rollout.machine.RouteView;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads of a RagModel what a rollout needs to know. */
public final class ModelReader {
    private ModelReader() {}

    public static ModelView view(RagModel model, List<Rejection> remembered) {
        RagModelSpec spec = model.getSpec();
        @Nullable RagModelStatus status = model.getStatus();
        Optional<RagModelStatus> said = Optional.ofNullable(status);
        Optional<RouteStatus> route = said.map(RagModelStatus::route);
        return new ModelView(
                model.getMetadata().getUid(),
                model.getMetadata().getDeletionTimestamp() != null,
                Boolean.TRUE.equals(spec.paused()),
                spec.promotion() == RagModelSpec.Promotion.DIRECT,
                said.map(RagModelStatus::rolloutRef).map(ref -> new RolloutId(ref.name(), ref.uid())),
                said.map(RagModelStatus::target).flatMap(ModelReader::target),
                said.map(RagModelStatus::revisions).orElse(List.of()).stream()
                        .map(ModelReader::revision)
                        .toList(),
                route.map(ModelReader::route).orElse(RouteView.NONE),
                spec.objectives().stream().map(ModelReader::objective).toList(),
                remembered,
                route.map(RouteStatus::appliedAttempt).orElse(0));
    }

    private static Optional<RevisionId> target(TargetStatus target) {
        return Optional.ofNullable(target.revision())
                .map(name -> new RevisionId(
                        name, text(target.version()), text(target.digest()), text(target.configDigest())));
    }

    private static RevisionView revision(RevisionStatus revision) {
        return new RevisionView(
                new RevisionId(revision.name(), text(revision.version()), text(revision.digest()), ""),
                readiness(revision),
                number(revision.desiredReplicas()),
                number(revision.readyReplicas()),
                number(revision.lag()));
    }

    private static Readiness readiness(RevisionStatus revision) {
        String failure = text(revision.lastFailure());
        return switch (revision.state()) {
            case null -> new Readiness.Pending("it has no pods yet");
            case STARTING, FAILED, RETIRED ->
                new Readiness.Pending(failure.isEmpty() ? "its pods are not ready yet" : failure);
            case INDEXING -> new Readiness.Indexing(number(revision.indexed()), number(revision.toIndex()));
            case READY -> new Readiness.Ready();
            case INVALID -> new Readiness.Invalid(failure);
        };
    }

    private static RouteView route(RouteStatus route) {
        return new RouteView(
                route.generation() == null ? 0 : route.generation(),
                route.appliedSeq() == null ? 0 : route.appliedSeq(),
                Optional.ofNullable(route.stable()),
                Optional.ofNullable(route.candidate()),
                Boolean.TRUE.equals(route.verified()),
                route.lagging());
    }

    static Objective objective(ObjectiveSpec spec) {
        BigDecimal target = new BigDecimal(spec.target().replace("%", ""));
        String answerClass = switch (spec.answerClass()) {
            case null -> "";
            case RETRIEVAL -> "retrieval";
            case GENERATED -> "generated";
        };
        return spec.threshold() == null
                ? new Objective.Availability(spec.name(), answerClass, target)
                : new Objective.Latency(
                        spec.name(), answerClass, target, Durations.parse(spec.threshold(), Duration.ZERO));
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    private static long number(@Nullable Long value) {
        return value == null ? 0 : value;
    }

    private static int number(@Nullable Integer value) {
        return value == null ? 0 : value;
    }
}
