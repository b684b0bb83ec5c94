package dev.ragops.operator.rollout.judge;

/** What a check found. The order is from harmless to decisive: of several, the highest counts. */
public enum Ruling {
    PASS,
    INCONCLUSIVE,
    NO_DATA,
    FAIL
}
