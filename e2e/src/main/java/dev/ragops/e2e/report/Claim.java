package dev.ragops.e2e.report;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Is one promise of the product beside what this run saw of it.
 *
 * @param what the promise, in words a user would use
 * @param measured what was seen
 * @param asked what was promised
 * @param holds whether what was seen keeps the promise
 * @param kind what was measured: a test, unlike the demo, is not decided by a time
 */
public record Claim(String what, String measured, String asked, boolean holds, Kind kind) {
    /** What a claim is about. */
    public enum Kind {
        BEHAVIOUR,
        TIME,
        MEMORY
    }

    public static Claim of(String what, boolean holds, String measured, String asked) {
        return new Claim(what, measured, asked, holds, Kind.BEHAVIOUR);
    }

    /** A time that must not be longer than asked; one that was never seen is a broken promise, not a missing row. */
    public static Claim within(String what, Optional<Duration> measured, Duration asked) {
        return new Claim(
                what,
                measured.map(Claim::seconds).orElse("not seen"),
                "<= " + seconds(asked),
                measured.isPresent() && measured.get().compareTo(asked) <= 0,
                Kind.TIME);
    }

    /** An amount of memory that must not be exceeded. */
    public static Claim resident(String what, Optional<Long> bytes, long askedMebibytes) {
        return new Claim(
                what,
                bytes.map(value -> "%d MiB".formatted(Math.ceilDiv(value, 1L << 20)))
                        .orElse("not seen"),
                "<= %d MiB".formatted(askedMebibytes),
                bytes.isPresent() && bytes.get() <= askedMebibytes << 20,
                Kind.MEMORY);
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
