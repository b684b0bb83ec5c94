package dev.ragops.operator.rollout.plan;

/** What happens to a step whose time is over while the evidence shows neither good nor bad. */
public enum OnInconclusive {
    PAUSE,
    CONTINUE,
    ROLLBACK
}
