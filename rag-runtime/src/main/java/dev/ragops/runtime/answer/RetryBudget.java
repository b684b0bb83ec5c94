package dev.ragops.runtime.answer;

/** Lets a fifth of the calls be tried again, and no more: a generator that is in trouble must not get twice the load for it. Thread-safe. */
final class RetryBudget {
    private static final double PER_CALL = 0.2;
    private static final double MOST = 10;

    private double saved = 1;

    synchronized void called() {
        saved = Math.min(MOST, saved + PER_CALL);
    }

    synchronized boolean take() {
        if (saved < 1) {
            return false;
        }
        saved--;
        return true;
    }
}
