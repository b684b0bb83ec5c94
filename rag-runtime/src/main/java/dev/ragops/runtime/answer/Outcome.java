package dev.ragops.runtime.answer;

/** How a question put to a generator ended: the label of its metrics. */
public enum Outcome {
    ANSWERED(false),
    /** It broke off after the first words. */
    CUT(false),
    /** No connection. */
    UNREACHABLE(true),
    /** Nothing, or nothing more, came in time. */
    TIMEOUT(false),
    /** 429, 503: it asks to be left alone. */
    BUSY(true),
    /** 500, 502, 504. */
    FAILED(true),
    /** Another 4xx, or a key that cannot be used: the address, the key or the model's name is wrong. */
    REFUSED(false),
    /** 400, 413, 422: this one question it does not take, too long for its context, say. */
    UNFIT(false),
    /** What it said is no chat completion, or an empty one. */
    NONSENSE(false),
    /** It was not asked: it failed too often a moment ago. */
    RESTING(false),
    /** It was not asked: as many answers wait for it already as may. */
    FULL(false);

    private final boolean again;

    Outcome(boolean again) {
        this.again = again;
    }

    /** Whether the question reached it, or tried to. */
    public boolean asked() {
        return this != RESTING && this != FULL;
    }

    /** Whether the same question may end better a moment later. */
    boolean mayPass() {
        return again;
    }
}
