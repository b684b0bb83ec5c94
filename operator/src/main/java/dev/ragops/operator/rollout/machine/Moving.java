package dev.ragops.operator.rollout.machine;

import dev.ragops.operator.rollout.judge.Judge;
import java.util.Optional;

/** Decides while an attempt is on its way: first what takes users back, then what keeps it where it is, then how it goes on. */
final class Moving {
    private final Snapshot snapshot;
    private final Draft draft;
    private final ModelView model;
    private final Trial trial;

    Moving(Judge judge, Snapshot snapshot, Draft draft, ModelView model) {
        this.snapshot = snapshot;
        this.draft = draft;
        this.model = model;
        this.trial = new Trial(judge, snapshot, model);
    }

    void decide(Phase.Active phase) {
        draft.lookAgainIn(phase.run().plan().interval());
        Phase.Active latched =
                phase.withRun(phase.run().latching(snapshot.settings().intents()));
        if (latched instanceof Phase.RollingBack back) {
            retreat(back);
            return;
        }
        Optional<Withdrawal> withdrawal = withdrawal(latched);
        if (withdrawal.isPresent()) {
            beginRetreat(latched.run(), withdrawal.get());
            return;
        }
        Advancing advancing = new Advancing(snapshot, draft, model, trial);
        Optional<Withdrawal> found = switch (latched) {
            case Phase.Starting starting -> new Launching(draft, model).start(starting);
            case Phase.Progressing progressing -> advancing.progress(progressing);
            case Phase.AwaitingApproval awaiting -> advancing.await(awaiting);
            case Phase.Promoting promoting -> new Finishing(snapshot, draft, model, trial).promote(promoting);
            case Phase.Watching watching -> new Finishing(snapshot, draft, model, trial).watch(watching);
            case Phase.RollingBack _ -> Optional.empty();
        };
        found.ifPresent(why -> beginRetreat(latched.run(), why));
    }

    /** What ends an attempt whatever phase it is in. */
    private Optional<Withdrawal> withdrawal(Phase.Active phase) {
        Run run = phase.run();
        if (snapshot.settings().intents().abort().filter(a -> a.means(run)).isPresent()) {
            return Withdrawal.because(Cause.ABORT, "a person aborted attempt " + run.attempt());
        }
        boolean watching = phase instanceof Phase.Watching;
        Optional<String> invalid = model.revision(run.candidate().name())
                .map(RevisionView::readiness)
                .flatMap(r -> r instanceof Readiness.Invalid(String why) ? Optional.of(why) : Optional.empty());
        if (invalid.isPresent() && !watching) {
            return Withdrawal.because(Cause.INVALID_BUNDLE, invalid.get());
        }
        return model.target()
                .filter(target -> !target.name().equals(run.candidate().name()))
                .flatMap(target -> movedTo(target, run, watching));
    }

    private Optional<Withdrawal> movedTo(RevisionId target, Run run, boolean watching) {
        if (target.name().equals(run.stable().name())) {
            return Withdrawal.because(Cause.MOVED_BACK, "the model asks for " + target.name() + " again");
        }
        if (watching) {
            return Optional.empty();
        }
        return switch (run.plan().onNewRevision()) {
            case RESTART -> Withdrawal.because(Cause.NEW_TARGET, "the model asks for " + target.name() + " now");
            case QUEUE -> Optional.empty();
        };
    }

    private void beginRetreat(Run run, Withdrawal why) {
        if (why.cause().rejects()) {
            draft.reject(run.candidate(), why.cause().reason() + ": " + why.detail());
        }
        boolean promoted = draft.traffic()
                .filter(t -> t.stable().equals(run.candidate().name()))
                .isPresent();
        draft.warn("RollingBack", run.candidate().name() + ": " + why.detail());
        retreat(new Phase.RollingBack(run, why.cause(), why.detail(), promoted));
    }

    private void retreat(Phase.RollingBack back) {
        Run run = back.run();
        boolean asked = draft.traffic()
                .filter(t ->
                        t.stable().equals(run.stable().name()) && t.candidate().isEmpty())
                .isPresent();
        if (back.promoted() && !asked && model.readyReplicas(run.stable()) == 0) {
            // A route to no pod is worse for users than the breach: the previous revision is named, so that the model
            // keeps or starts its pods, and the first of them is waited for.
            boolean named = draft.traffic()
                    .filter(t -> t.control().equals(Optional.of(run.stable().name())))
                    .isPresent();
            if (!named) {
                draft.ask(Asking.warming(model.uid(), run));
            }
            draft.be(
                    back,
                    back.cause().reason(),
                    "waiting for a ready pod of " + run.stable().name() + " to take users back");
            return;
        }
        Traffic traffic = draft.ask(Asking.takenBack(model.uid(), run));
        if (model.route().echoes(traffic)) {
            new Ending(snapshot, draft, model).takenBack(back);
            return;
        }
        draft.be(
                back,
                back.cause().reason(),
                "taking users back to " + run.stable().name() + " (" + back.detail() + ")" + Withdrawal.lagging(model));
    }
}
