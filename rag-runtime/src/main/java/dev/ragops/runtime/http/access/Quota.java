package dev.ragops.runtime.http.access;

/** Requests a key may make on this pod: so many a second, with as many at once after a quiet second (a token bucket). */
public final class Quota {
    private final double perSecond;
    private final double most;
    private double left;
    private long filledAt;

    Quota(double perSecond, long nowNanos) {
        this.perSecond = perSecond;
        this.most = Math.max(1, perSecond);
        this.left = most;
        this.filledAt = nowNanos;
    }

    double perSecond() {
        return perSecond;
    }

    synchronized boolean take(long nowNanos) {
        left = Math.min(most, left + (nowNanos - filledAt) / 1e9 * perSecond);
        filledAt = nowNanos;
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }

    /** Whole seconds until a request is due again, at least one. */
    int secondsUntilNext() {
        return (int) Math.max(1, Math.ceil(1 / perSecond));
    }
}
