package dev.ragops.operator.rollout.wire;

import dev.ragops.api.v1alpha1.StepStatus;
import dev.ragops.operator.rollout.machine.Clocked;
import dev.ragops.operator.rollout.machine.Patience;
import dev.ragops.operator.rollout.machine.Phase;
import dev.ragops.operator.rollout.machine.Run;
import dev.ragops.operator.rollout.plan.Step;
import dev.ragops.operator.rollout.plan.Watch;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes where an attempt is in its plan, and since when: what a restarted operator goes on counting from. */
final class StepWriter {
    private StepWriter() {}

    static @Nullable StepStatus step(Phase phase) {
        return switch (phase) {
            case Phase.Idle _, Phase.Ended _, Phase.RollingBack _ -> null;
            case Phase.Starting p -> step(p.run(), -1, Optional.empty(), Optional.of(p.patience()));
            case Phase.Progressing p -> step(p.run(), p.step(), p.clock(), Optional.of(p.patience()));
            case Phase.AwaitingApproval p -> step(p.run(), p.step(), p.clock(), Optional.empty());
            case Phase.Promoting p ->
                step(p.run(), p.run().plan().steps().size(), Optional.empty(), Optional.of(p.patience()));
            case Phase.Watching p -> watch(p);
        };
    }

    private static StepStatus step(Run run, int index, Optional<Clocked> clock, Optional<Patience> patience) {
        List<Step> steps = run.plan().steps();
        Optional<Step> step = index >= 0 && index < steps.size() ? Optional.of(steps.get(index)) : Optional.empty();
        return new StepStatus(
                index,
                step.map(Step::name).orElse(null),
                step.map(StepWriter::kind).orElse(null),
                Math.min(index + 1, steps.size()) + "/" + steps.size(),
                clock.map(c -> c.since().toString()).orElse(null),
                clock.map(Clocked::generation).orElse(null),
                patience.flatMap(Patience::since).map(Instant::toString).orElse(null),
                patience.map(p -> p.spent().toString()).orElse(null),
                patience.map(Patience::mark).orElse(null));
    }

    private static StepStatus watch(Phase.Watching watching) {
        int steps = watching.run().plan().steps().size();
        return new StepStatus(
                watching.awaiting().isPresent() ? steps : null,
                Watch.NAME,
                Watch.NAME,
                steps + "/" + steps,
                watching.clock().since().toString(),
                watching.clock().generation(),
                null,
                null,
                null);
    }

    private static String kind(Step step) {
        return switch (step) {
            case Step.Shadow _ -> "shadow";
            case Step.Ab _ -> "ab";
            case Step.Canary _ -> "canary";
            case Step.Pause _ -> "pause";
            case Step.Evaluate _ -> "evaluate";
        };
    }
}
