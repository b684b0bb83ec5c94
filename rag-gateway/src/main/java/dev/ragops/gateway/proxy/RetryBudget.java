package dev.ragops.gateway.proxy;

/** Keeps second tries below a fifth of the requests, so that a revision in trouble is not asked twice as much. */
final class RetryBudget {
    /** Tokens are fifths of a retry; a burst after a quiet time is allowed ten. */
    private static final int MAX_TOKENS = 50;

    private static final int COST = 5;

    private int tokens = MAX_TOKENS;

    void request() {
        tokens = Math.min(MAX_TOKENS, tokens + 1);
    }

    boolean spend() {
        if (tokens < COST) {
            return false;
        }
        tokens -= COST;
        return true;
    }
}
