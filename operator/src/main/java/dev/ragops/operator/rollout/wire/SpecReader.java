package dev.ragops.operator.rollout.wire;

import dev.ragops.api.v1alpha1.AnalysisSpec;
import dev.ragops.api.v1alpha1.ComparisonSpec;
import dev.ragops.api.v1alpha1.MatchSpec;
import dev.ragops.api.v1alpha1.PlanStatus;
import dev.ragops.api.v1alpha1.RagRolloutSpec;
import dev.ragops.api.v1alpha1.StepSpec;
import dev.ragops.api.v1alpha1.WatchSpec;
import dev.ragops.operator.Durations;
import dev.ragops.operator.rollout.machine.Intents;
import dev.ragops.operator.rollout.machine.Settings;
import dev.ragops.operator.rollout.plan.Bound;
import dev.ragops.operator.rollout.plan.ComparisonRule;
import dev.ragops.operator.rollout.plan.HeaderMatch;
import dev.ragops.operator.rollout.plan.OnInconclusive;
import dev.ragops.operator.rollout.plan.OnNewRevision;
import dev.ragops.operator.rollout.plan.OnNoData;
import dev.ragops.operator.rollout.plan.Plan;
import dev.ragops.operator.rollout.plan.Share;
import dev.ragops.operator.rollout.plan.Step;
import dev.ragops.operator.rollout.plan.Watch;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a rollout's manifest, and the copy of it that a run keeps in the status. */
public final class SpecReader {
    private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(5);
    private static final Duration DEFAULT_DEADLINE = Duration.ofHours(2);
    private static final Duration DEFAULT_WATCH = Duration.ofMinutes(30);
    private static final long DEFAULT_MAX_LAG = 100;
    private static final long DEFAULT_CONTROL_PERCENT = 5;

    private SpecReader() {}

    public static Settings settings(RagRolloutSpec spec) {
        Plan plan = plan(
                spec.steps(),
                spec.analysis(),
                spec.watch(),
                spec.onNewRevision(),
                spec.progressDeadline(),
                spec.fallback());
        return new Settings(plan, intents(spec));
    }

    public static Duration interval(@Nullable AnalysisSpec analysis) {
        return Durations.parse(analysis == null ? null : analysis.interval(), DEFAULT_INTERVAL);
    }

    public static Plan plan(PlanStatus copy) {
        return plan(
                copy.steps(),
                copy.analysis(),
                copy.watch(),
                copy.onNewRevision(),
                copy.progressDeadline(),
                copy.fallback());
    }

    private static Plan plan(
            List<StepSpec> steps,
            @Nullable AnalysisSpec analysis,
            @Nullable WatchSpec watch,
            RagRolloutSpec.@Nullable OnNewRevision onNewRevision,
            @Nullable String progressDeadline,
            @Nullable Boolean fallback) {
        return new Plan(
                steps.stream().map(SpecReader::step).toList(),
                analysis == null
                        ? List.of()
                        : analysis.comparisons().stream()
                                .map(SpecReader::comparison)
                                .toList(),
                analysis == null || analysis.maxLag() == null ? DEFAULT_MAX_LAG : analysis.maxLag(),
                onInconclusive(analysis),
                onNoData(analysis),
                onNewRevision == RagRolloutSpec.OnNewRevision.QUEUE ? OnNewRevision.QUEUE : OnNewRevision.RESTART,
                interval(analysis),
                Durations.parse(progressDeadline, DEFAULT_DEADLINE),
                fallback == null || fallback,
                watch(watch));
    }

    private static OnInconclusive onInconclusive(@Nullable AnalysisSpec analysis) {
        return switch (analysis == null ? null : analysis.onInconclusive()) {
            case null -> OnInconclusive.PAUSE;
            case PAUSE -> OnInconclusive.PAUSE;
            case CONTINUE -> OnInconclusive.CONTINUE;
            case ROLLBACK -> OnInconclusive.ROLLBACK;
        };
    }

    private static OnNoData onNoData(@Nullable AnalysisSpec analysis) {
        return switch (analysis == null ? null : analysis.onNoData()) {
            case null -> OnNoData.HOLD;
            case HOLD -> OnNoData.HOLD;
            case PAUSE -> OnNoData.PAUSE;
            case ROLLBACK -> OnNoData.ROLLBACK;
        };
    }

    private static Step step(StepSpec spec) {
        Duration duration = Durations.parse(spec.duration(), Duration.ZERO);
        long minSamples = spec.minSamples() == null ? 0 : spec.minSamples();
        if (spec.shadow() != null) {
            return new Step.Shadow(spec.name(), Share.ofPercent(spec.shadow().percent()), duration, minSamples);
        }
        if (spec.ab() != null) {
            return new Step.Ab(
                    spec.name(),
                    Share.ofPercent(spec.ab().percent()),
                    matches(spec.ab().match()),
                    duration,
                    minSamples);
        }
        if (spec.canary() != null) {
            return new Step.Canary(
                    spec.name(),
                    Share.ofPercent(spec.canary().weight()),
                    matches(spec.canary().match()),
                    duration,
                    minSamples);
        }
        if (spec.pause() != null) {
            String limit = spec.pause().duration() != null ? spec.pause().duration() : spec.duration();
            return new Step.Pause(
                    spec.name(), limit == null ? Optional.empty() : Optional.of(Durations.parse(limit, Duration.ZERO)));
        }
        return new Step.Evaluate(spec.name(), duration, minSamples);
    }

    private static List<HeaderMatch> matches(List<MatchSpec> specs) {
        return specs.stream()
                .map(m -> new HeaderMatch(m.header().name(), m.header().value()))
                .toList();
    }

    private static ComparisonRule comparison(ComparisonSpec spec) {
        ComparisonRule.Metric metric = switch (spec.metric()) {
            case OVERLAP_AT_K -> ComparisonRule.Metric.OVERLAP_AT_K;
            case RANK_BIASED_OVERLAP -> ComparisonRule.Metric.RANK_BIASED_OVERLAP;
            case SAME_TOP_PASSAGE -> ComparisonRule.Metric.SAME_TOP_PASSAGE;
            case LATENCY_P95_RATIO -> ComparisonRule.Metric.LATENCY_P95_RATIO;
        };
        return new ComparisonRule(metric, bound(spec.min(), spec.max()));
    }

    /** Exactly one of the two is set; the schema sees to it. */
    public static Bound bound(@Nullable String min, @Nullable String max) {
        if (min != null) {
            return new Bound.AtLeast(new BigDecimal(min));
        }
        if (max != null) {
            return new Bound.AtMost(new BigDecimal(max));
        }
        throw new IllegalArgumentException("set exactly one of min and max");
    }

    private static Watch watch(@Nullable WatchSpec spec) {
        if (spec == null) {
            return new Watch(DEFAULT_WATCH, Share.ofPercent(DEFAULT_CONTROL_PERCENT), 0);
        }
        return new Watch(
                Durations.parse(spec.duration(), DEFAULT_WATCH),
                Share.ofPercent(spec.controlPercent() == null ? DEFAULT_CONTROL_PERCENT : spec.controlPercent()),
                spec.minSamples() == null ? 0 : spec.minSamples());
    }

    private static Intents intents(RagRolloutSpec spec) {
        return new Intents(
                Optional.ofNullable(spec.approval())
                        .map(a -> new Intents.Approval(a.revision(), a.attempt(), a.step())),
                Optional.ofNullable(spec.abort()).map(a -> new Intents.Aimed(a.revision(), a.attempt())),
                Optional.ofNullable(spec.retry()).map(r -> r.revision()),
                Optional.ofNullable(spec.promote()).map(p -> new Intents.Aimed(p.revision(), p.attempt())));
    }
}
