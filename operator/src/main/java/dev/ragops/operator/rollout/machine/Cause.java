package dev.ragops.operator.rollout.machine;

/** Why an attempt ended, and with it whether the candidate may come again by itself. */
public enum Cause {
    PROMOTED("Promoted", Outcome.SUCCEEDED, false),
    BREACH("ObjectiveBreached", Outcome.ROLLED_BACK, true),
    INVALID_BUNDLE("InvalidBundle", Outcome.ROLLED_BACK, true),
    NO_DATA("NoData", Outcome.ROLLED_BACK, false),
    INCONCLUSIVE("Inconclusive", Outcome.ROLLED_BACK, false),
    ABORT("AbortRequested", Outcome.ABORTED, true),
    DEADLINE("ProgressDeadlineExceeded", Outcome.STOPPED, false),
    STABLE_CHANGED("StableChangedElsewhere", Outcome.STOPPED, false),
    MODEL_REPLACED("ModelReplaced", Outcome.STOPPED, false),
    MOVED_BACK("TargetMovedBack", Outcome.SUPERSEDED, false),
    NEW_TARGET("TargetMovedOn", Outcome.SUPERSEDED, false);

    private final String reason;
    private final Outcome outcome;
    private final boolean rejects;

    Cause(String reason, Outcome outcome, boolean rejects) {
        this.reason = reason;
        this.outcome = outcome;
        this.rejects = rejects;
    }

    /** As it stands in conditions and events. */
    public String reason() {
        return reason;
    }

    public Outcome outcome() {
        return outcome;
    }

    public boolean rejects() {
        return rejects;
    }
}
