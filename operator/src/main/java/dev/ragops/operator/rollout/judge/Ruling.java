package dev.ragops.operator.rollout.judge;

/** What a check found. The order is from harmless to decisive: of several, the highest counts. */
public enum Ruling {
    PASS("Pass"),
    INCONCLUSIVE("Inconclusive"),
    NO_DATA("NoData"),
    FAIL("Fail");

    private final String wireName;

    Ruling(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }
}
