package dev.ragops.operator.rollout.machine;

import dev.ragops.api.v1alpha1.AbSpec;
import dev.ragops.api.v1alpha1.AbortIntent;
import dev.ragops.api.v1alpha1.AnalysisSpec;
import dev.ragops.api.v1alpha1.ApprovalIntent;
import dev.ragops.api.v1alpha1.CanarySpec;
import dev.ragops.api.v1alpha1.EvaluateSpec;
import dev.ragops.api.v1alpha1.MatchSpec;
import dev.ragops.api.v1alpha1.ModelSelector;
import dev.ragops.api.v1alpha1.PauseSpec;
import dev.ragops.api.v1alpha1.PromoteIntent;
import dev.ragops.api.v1alpha1.RagRolloutSpec;
import dev.ragops.api.v1alpha1.RetryIntent;
import dev.ragops.api.v1alpha1.ShadowSpec;
import dev.ragops.api.v1alpha1.StepSpec;
import dev.ragops.api.v1alpha1.WatchSpec;
import dev.ragops.operator.rollout.plan.HeaderMatch;
import dev.ragops.operator.rollout.plan.Step;
import java.util.List;

/** What a person would have written to get the world that a test sets up. */
final class RolloutManifest {
    private RolloutManifest() {}

    static RagRolloutSpec spec(World world) {
        return new RagRolloutSpec(
                new ModelSelector("support"),
                world.steps.stream().map(RolloutManifest::step).toList(),
                new AnalysisSpec(
                        world.interval.toSeconds() + "s",
                        world.comparisons,
                        50,
                        null,
                        AnalysisSpec.OnInconclusive.valueOf(world.onInconclusive.name()),
                        AnalysisSpec.OnNoData.valueOf(world.onNoData.name())),
                RagRolloutSpec.OnNewRevision.valueOf(world.onNewRevision.name()),
                world.progressDeadline.toSeconds() + "s",
                true,
                "30s",
                new WatchSpec(
                        world.watch.duration().toSeconds() + "s",
                        world.watch.control().percent().intValueExact(),
                        (int) world.watch.minSamples()),
                null,
                world.intents
                        .approval()
                        .map(i -> new ApprovalIntent(i.revision(), (int) i.attempt(), i.step()))
                        .orElse(null),
                world.intents
                        .abort()
                        .map(i -> new AbortIntent(i.revision(), (int) i.attempt()))
                        .orElse(null),
                world.intents.retry().map(RetryIntent::new).orElse(null),
                world.intents
                        .promote()
                        .map(i -> new PromoteIntent(i.revision(), (int) i.attempt()))
                        .orElse(null));
    }

    private static StepSpec step(Step step) {
        String time = step.duration().toSeconds() + "s";
        int samples = (int) step.minSamples();
        return switch (step) {
            case Step.Shadow s ->
                new StepSpec(
                        s.name(),
                        new ShadowSpec(s.share().percent().intValueExact()),
                        null,
                        null,
                        null,
                        null,
                        time,
                        samples);
            case Step.Ab s ->
                new StepSpec(
                        s.name(),
                        null,
                        new AbSpec(s.share().percent().intValueExact(), matches(s.matches())),
                        null,
                        null,
                        null,
                        time,
                        samples);
            case Step.Canary s ->
                new StepSpec(
                        s.name(),
                        null,
                        null,
                        new CanarySpec(s.share().percent().intValueExact(), matches(s.matches())),
                        null,
                        null,
                        time,
                        samples);
            case Step.Pause s ->
                new StepSpec(
                        s.name(),
                        null,
                        null,
                        null,
                        new PauseSpec(s.limit().map(t -> t.toSeconds() + "s").orElse(null)),
                        null,
                        null,
                        null);
            case Step.Evaluate s -> new StepSpec(s.name(), null, null, null, null, new EvaluateSpec(), time, samples);
        };
    }

    private static List<MatchSpec> matches(List<HeaderMatch> matches) {
        return matches.stream()
                .map(m -> new MatchSpec(new dev.ragops.api.v1alpha1.HeaderMatch(m.name(), m.value())))
                .toList();
    }
}
