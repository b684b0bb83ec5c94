package dev.ragops.gateway.evidence;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * The first seconds in which a candidate answers copies. Its pods are ready, but run each line for the first time and share their CPUs with their own compiler; no user waits for these answers, and
 * they say nothing of what users would get later.
 */
public final class WarmUp {
    private final Duration length;
    private OptionalLong over = OptionalLong.empty();

    WarmUp(Duration length) {
        this.length = length;
    }

    /** Whether an answer that comes now is part of it; the first answer begins it. */
    public boolean isOn(long nowMillis) {
        if (over.isEmpty()) {
            over = OptionalLong.of(nowMillis + length.toMillis());
        }
        return nowMillis < over.getAsLong();
    }

    /** Another candidate warms up anew. */
    void restart() {
        over = OptionalLong.empty();
    }
}
