package dev.ragops.operator.rollout.plan;

/** What happens to a running rollout when the model's target moves on. */
public enum OnNewRevision {
    RESTART,
    QUEUE
}
