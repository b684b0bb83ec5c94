package dev.ragops.operator.rollout.plan;

/** What happens to a step whose time is over without evidence. There is no way to let it pass silently. */
public enum OnNoData {
    HOLD,
    PAUSE,
    ROLLBACK
}
