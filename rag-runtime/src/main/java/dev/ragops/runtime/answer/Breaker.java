package dev.ragops.runtime.answer;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Stops asking a generator that keeps failing, and tries one question again after a while. */
final class Breaker {
    private static final int FAILURES = 5;
    private static final Duration REST = Duration.ofSeconds(20);

    private final Clock clock;
    private int failures;
    private Instant restUntil = Instant.EPOCH;

    Breaker(Clock clock) {
        this.clock = clock;
    }

    synchronized boolean allows() {
        if (failures < FAILURES) {
            return true;
        }
        Instant now = clock.instant();
        if (now.isBefore(restUntil)) {
            return false;
        }
        // This one goes through; the others wait for what it finds.
        restUntil = now.plus(REST);
        return true;
    }

    synchronized void succeeded() {
        failures = 0;
    }

    synchronized void failed() {
        failures++;
        restUntil = clock.instant().plus(REST);
    }
}
