package dev.ragops.operator.rollout;

import dev.ragops.api.v1alpha1.AnalysisSpec;
import dev.ragops.api.v1alpha1.EvidenceStatus;
import dev.ragops.api.v1alpha1.LocalSecretReference;
import dev.ragops.api.v1alpha1.PlanStatus;
import dev.ragops.api.v1alpha1.PrometheusCheck;
import dev.ragops.api.v1alpha1.PrometheusSpec;
import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagRollout;
import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.operator.rollout.collect.Collector.Collected;
import dev.ragops.operator.rollout.collect.Collector.Reading;
import dev.ragops.operator.rollout.collect.Subject;
import dev.ragops.operator.rollout.evidence.Tally;
import dev.ragops.operator.rollout.judge.MetricReading;
import dev.ragops.operator.rollout.machine.Clocked;
import dev.ragops.operator.rollout.machine.ModelView;
import dev.ragops.operator.rollout.machine.Phase;
import dev.ragops.operator.rollout.machine.Rejection;
import dev.ragops.operator.rollout.machine.Run;
import dev.ragops.operator.rollout.machine.Settings;
import dev.ragops.operator.rollout.machine.Snapshot;
import dev.ragops.operator.rollout.machine.State;
import dev.ragops.operator.rollout.wire.EvidenceWriter;
import dev.ragops.operator.rollout.wire.ModelReader;
import dev.ragops.operator.rollout.wire.SpecReader;
import dev.ragops.operator.rollout.wire.StatusReader;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Supplier;

/** Puts together what one decision rests on, from what lies ready; asks nobody. */
final class Observer {
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    private Observer() {}

    /** @param memory what the model's memory holds as rejected; only looked up when our own status is lost */
    static Snapshot snapshot(
            RagRollout rollout,
            Optional<RagModel> model,
            Collected collected,
            Set<Long> reported,
            Supplier<List<Rejection>> memory,
            Instant now) {
        Optional<State> state = StatusReader.state(rollout.getStatus());
        Settings settings = SpecReader.settings(rollout.getSpec());
        Optional<ModelView> view = model.map(m -> ModelReader.view(m, state.isEmpty() ? memory.get() : List.of()));
        return new Snapshot(
                now,
                rollout.getMetadata().getUid(),
                rollout.getSpec().modelRef().name(),
                settings,
                view,
                state,
                collected.evidence(),
                readings(rollout, collected, interval(rollout), now),
                reported);
    }

    private static List<MetricReading> readings(
            RagRollout rollout, Collected collected, Duration interval, Instant now) {
        return prometheus(rollout).map(PrometheusSpec::checks).orElse(List.of()).stream()
                .map(check ->
                        reading(check, Optional.ofNullable(collected.readings().get(check.name())), interval, now))
                .toList();
    }

    private static MetricReading reading(
            PrometheusCheck check, Optional<Reading> answer, Duration interval, Instant now) {
        var bound = SpecReader.bound(check.min(), check.max());
        if (answer.isEmpty()) {
            return new MetricReading(check.name(), bound, OptionalDouble.empty(), "not asked yet");
        }
        Reading reading = answer.get();
        if (reading.at().isBefore(now.minus(interval.multipliedBy(2)))) {
            return new MetricReading(check.name(), bound, OptionalDouble.empty(), "last answered at " + reading.at());
        }
        return new MetricReading(check.name(), bound, reading.value(), reading.problem());
    }

    /** The run's own, so that the age of a reading is measured by how often it is asked. */
    private static Duration interval(RagRollout rollout) {
        return SpecReader.interval(Optional.ofNullable(rollout.getStatus())
                .map(RagRolloutStatus::plan)
                .map(PlanStatus::analysis)
                .orElse(rollout.getSpec().analysis()));
    }

    /** The checks of the run's own plan; a run that has none yet asks nothing. */
    private static Optional<PrometheusSpec> prometheus(RagRollout rollout) {
        return Optional.ofNullable(rollout.getStatus())
                .map(RagRolloutStatus::plan)
                .map(PlanStatus::analysis)
                .map(AnalysisSpec::prometheus);
    }

    /** What has to be collected for the next decision, if anything. */
    static Optional<Subject> subject(RagRollout rollout, Optional<ModelView> model, State decided) {
        if (model.isEmpty() || decided.blocked().isPresent()) {
            return Optional.empty();
        }
        long route = model.get().route().generation();
        return switch (decided.phase()) {
            case Phase.Progressing p ->
                Optional.of(subject(rollout, model.get(), p.run(), generation(p.clock(), route)));
            case Phase.AwaitingApproval p ->
                Optional.of(subject(rollout, model.get(), p.run(), generation(p.clock(), route)));
            case Phase.Promoting p -> Optional.of(subject(rollout, model.get(), p.run(), route));
            case Phase.Watching p ->
                Optional.of(subject(rollout, model.get(), p.run(), p.clock().generation()));
            case Phase.Idle _, Phase.Starting _, Phase.RollingBack _, Phase.Ended _ -> Optional.empty();
        };
    }

    private static long generation(Optional<Clocked> clock, long route) {
        return clock.map(Clocked::generation).orElse(route);
    }

    private static Subject subject(RagRollout rollout, ModelView model, Run run, long generation) {
        Optional<Tally> seed = Optional.ofNullable(rollout.getStatus())
                .map(RagRolloutStatus::evidence)
                .filter(e -> e.generation() != null && e.generation() == generation)
                .map((EvidenceStatus e) -> EvidenceWriter.tally(e));
        Duration interval = run.plan().interval();
        return new Subject(
                rollout.getMetadata().getNamespace(),
                rollout.getMetadata().getName(),
                rollout.getSpec().modelRef().name(),
                model.uid(),
                generation,
                interval.compareTo(SHORTEST) < 0 ? SHORTEST : interval,
                seed,
                model.lagBetween(run.candidate(), run.stable()) > run.plan().maxLag(),
                prometheus(rollout).map(p -> prometheus(p, run)));
    }

    private static Subject.Prometheus prometheus(PrometheusSpec spec, Run run) {
        return new Subject.Prometheus(
                spec.url(),
                Optional.ofNullable(spec.credentialsSecret()).map(LocalSecretReference::name),
                spec.checks().stream()
                        .map(c -> new Subject.Check(
                                c.name(),
                                c.query()
                                        .replace("{{stable}}", run.stable().name())
                                        .replace(
                                                "{{candidate}}", run.candidate().name())))
                        .toList());
    }
}
