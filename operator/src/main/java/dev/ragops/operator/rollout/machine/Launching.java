package dev.ragops.operator.rollout.machine;

import dev.ragops.operator.Durations;
import dev.ragops.operator.rollout.plan.Exposure;
import java.time.Instant;
import java.util.Optional;

/** Waits for the pods that a candidate's first share needs; nobody meets it yet. What it returns ends the attempt. */
final class Launching {
    private final Draft draft;
    private final ModelView model;
    private final Moves moves;
    private final Instant now;

    Launching(Draft draft, ModelView model) {
        this.draft = draft;
        this.model = model;
        this.moves = new Moves(draft, model);
        this.now = draft.now;
    }

    Optional<Withdrawal> start(Phase.Starting phase) {
        Run run = phase.run();
        draft.ask(Asking.exposed(model.uid(), run, Exposure.NOBODY));
        if (model.paused()) {
            draft.be(
                    new Phase.Starting(run, phase.patience().standing(now)), "ModelPaused", "RagModel has spec.paused");
            return Optional.empty();
        }
        boolean straight = run.promoteAsked() || run.plan().steps().isEmpty();
        Exposure first = straight ? Exposure.NOBODY : run.plan().exposureAt(0);
        if (moves.hasPodsFor(run, first)) {
            if (straight) {
                moves.promote(run);
            } else {
                moves.enter(run, 0);
            }
            return Optional.empty();
        }
        Readiness readiness = model.revision(run.candidate().name())
                .map(RevisionView::readiness)
                .orElse(new Readiness.Pending("it has no pods yet"));
        Patience patience = switch (readiness) {
            case Readiness.Indexing(long done, long _) -> phase.patience().seeing(done, now);
            case Readiness.Pending _, Readiness.Ready _, Readiness.Invalid _ ->
                phase.patience().counting(now);
        };
        String what = switch (readiness) {
            case Readiness.Indexing(long done, long total) -> "indexing " + done + " of " + total + " documents";
            case Readiness.Pending(String why) -> why;
            case Readiness.Ready _ -> model.readyReplicas(run.candidate()) + " pods ready, more are needed";
            case Readiness.Invalid(String why) -> why;
        };
        if (patience.isOver(run, now)) {
            return Withdrawal.because(
                    Cause.DEADLINE,
                    "no ready pod in " + Durations.text(run.plan().progressDeadline()) + ": " + what);
        }
        String reason = readiness instanceof Readiness.Indexing ? "Indexing" : "StartingCandidate";
        draft.be(new Phase.Starting(run, patience), reason, run.candidate().name() + ": " + what);
        return Optional.empty();
    }
}
