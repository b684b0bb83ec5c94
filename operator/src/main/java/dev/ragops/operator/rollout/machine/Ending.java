package dev.ragops.operator.rollout.machine;

/** Closes a run: what is remembered, what is told, where the rollout rests. */
final class Ending {
    private final Snapshot snapshot;
    private final Draft draft;
    private final ModelView model;

    Ending(Snapshot snapshot, Draft draft, ModelView model) {
        this.snapshot = snapshot;
        this.draft = draft;
        this.model = model;
    }

    /** The run's ground is gone; what the route says now is the truth. */
    void withoutRollback(Run run, Cause cause) {
        String detail = switch (cause) {
            case MODEL_REPLACED -> "RagModel " + snapshot.modelName() + " was deleted and made again";
            case STABLE_CHANGED ->
                "what users have was changed without this rollout; starting over from "
                        + model.route().stable().orElse("nothing");
            case PROMOTED, BREACH, INVALID_BUNDLE, NO_DATA, INCONCLUSIVE, ABORT, DEADLINE, MOVED_BACK, NEW_TARGET ->
                cause.reason();
        };
        remember(run, cause, detail);
        draft.warn(cause.reason(), detail);
        // Not Ended: the target may start over at once, from what is true now.
        draft.be(new Phase.Idle(Phase.Rest.NO_TARGET), cause.reason(), detail);
        draft.forgetEvidence();
        draft.lookAgainIn(snapshot.settings().plan().interval());
    }

    void succeeded(Run run) {
        String detail = run.candidate().name() + " (version " + run.candidate().version() + ") is stable";
        remember(run, Cause.PROMOTED, detail);
        draft.stable(run.candidate());
        draft.previous(run.stable());
        draft.ask(Asking.resting(
                model.uid(), run.attempt(), run.candidate().name(), run.plan().fallback()));
        draft.tell("Succeeded", detail);
        draft.be(
                new Phase.Ended(run.attempt(), run.candidate(), Outcome.SUCCEEDED, Cause.PROMOTED, detail),
                "Succeeded",
                detail);
        draft.lookAgainIn(snapshot.settings().plan().interval());
    }

    void takenBack(Phase.RollingBack back) {
        Run run = back.run();
        Cause cause = back.cause();
        remember(run, cause, back.detail());
        draft.stable(run.stable());
        String detail = "users have " + run.stable().name() + "; " + back.detail();
        switch (cause.outcome()) {
            case SUPERSEDED -> {
                draft.tell(cause.reason(), detail);
                draft.be(new Phase.Idle(Phase.Rest.NO_TARGET), cause.reason(), detail);
            }
            case SUCCEEDED, ROLLED_BACK, ABORTED, STOPPED -> {
                draft.warn(cause.outcome().wireName(), detail);
                draft.be(
                        new Phase.Ended(run.attempt(), run.candidate(), cause.outcome(), cause, back.detail()),
                        cause.reason(),
                        detail);
            }
        }
        draft.lookAgainIn(snapshot.settings().plan().interval());
    }

    private void remember(Run run, Cause cause, String detail) {
        draft.record(new HistoryEntry(
                run.attempt(),
                run.candidate().name(),
                run.candidate().version(),
                cause.outcome(),
                cause.reason() + ": " + detail,
                draft.now,
                false));
    }
}
