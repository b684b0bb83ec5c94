package dev.ragops.operator.rollout.machine;

import dev.ragops.operator.rollout.plan.Exposure;
import java.time.Duration;
import java.util.Optional;

/** The moves of an attempt: into a step, past the last one, and whether the pods that a share needs are there. */
final class Moves {
    private final Draft draft;
    private final ModelView model;

    Moves(Draft draft, ModelView model) {
        this.draft = draft;
        this.model = model;
    }

    /** Asks for a step; its time begins when every gateway has applied it. */
    void enter(Run run, int step) {
        String name = run.plan().steps().get(step).name();
        draft.ask(Asking.exposed(model.uid(), run, run.plan().exposureAt(step)));
        draft.tell(
                "StepStarted",
                "step " + name + " (" + (step + 1) + "/" + run.plan().steps().size() + ")");
        draft.be(
                new Phase.Progressing(run, step, Optional.empty(), Patience.from(draft.now)),
                "WaitingForGateways",
                "step " + name + " is asked");
        draft.lookAgainIn(Duration.ofSeconds(1));
    }

    /** Goes past the last step, or past those that are left. */
    void promote(Run run) {
        draft.tell("Promoting", run.candidate().name() + " becomes stable");
        draft.be(
                new Phase.Promoting(run, Patience.from(draft.now)),
                "Promoting",
                run.candidate().name() + " becomes stable");
        draft.lookAgainIn(Duration.ofSeconds(1));
    }

    boolean hasPodsFor(Run run, Exposure exposure) {
        return model.readyReplicas(run.candidate()) >= podsFor(run, exposure);
    }

    static int podsFor(Run run, Exposure exposure) {
        return Math.max(1, exposure.load().replicasOf(run.floor()));
    }
}
