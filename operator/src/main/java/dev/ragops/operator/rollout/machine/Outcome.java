package dev.ragops.operator.rollout.machine;

/** How an attempt ended. */
public enum Outcome {
    SUCCEEDED("Succeeded"),
    ROLLED_BACK("RolledBack"),
    ABORTED("Aborted"),
    STOPPED("Stopped"),
    /** The target moved on; nothing was found out about the candidate. */
    SUPERSEDED("Superseded");

    private final String wireName;

    Outcome(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }
}
