package dev.ragops.e2e.cluster;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition with a deadline, and says what was there instead when it does not come. */
public final class Waiting {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    private Waiting() {}

    public static void until(String what, Duration deadline, BooleanSupplier condition, Supplier<String> instead) {
        var _ = value(
                what, deadline, () -> condition.getAsBoolean() ? Optional.of(Boolean.TRUE) : Optional.empty(), instead);
    }

    /** The value, as soon as there is one. */
    public static <T> T value(String what, Duration deadline, Supplier<Optional<T>> look, Supplier<String> instead) {
        long end = System.nanoTime() + deadline.toNanos();
        while (true) {
            Optional<T> seen = look.get();
            if (seen.isPresent()) {
                return seen.get();
            }
            if (System.nanoTime() > end) {
                throw new NotSeen(
                        "not seen within %d s: %s; instead: %s".formatted(deadline.toSeconds(), what, instead.get()));
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    /** What was waited for did not come. */
    public static final class NotSeen extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotSeen(String message) {
            super(message);
        }
    }
}
