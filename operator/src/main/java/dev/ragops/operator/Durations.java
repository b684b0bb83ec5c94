package dev.ragops.operator;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads and writes durations as manifests write them: {@code 30s}, {@code 1h30m}, {@code 500ms}. */
public final class Durations {
    private static final Pattern WHOLE = Pattern.compile("(?:[0-9]+(?:ms|s|m|h))+");
    private static final Pattern PART = Pattern.compile("([0-9]+)(ms|s|m|h)");
    /** The schema allows sixteen digits; what is longer than this means "for ever" and must not leave the range of an Instant. */
    private static final Duration LONGEST = Duration.ofDays(3650);

    private Durations() {}

    /** @throws IllegalArgumentException when it is none */
    public static Duration parse(String text) {
        if (!WHOLE.matcher(text).matches()) {
            throw new IllegalArgumentException("not a duration like 30s or 1h30m: " + text);
        }
        Duration sum = Duration.ZERO;
        Matcher parts = PART.matcher(text);
        while (parts.find()) {
            Duration unit = switch (parts.group(2)) {
                case "ms" -> Duration.ofMillis(1);
                case "s" -> Duration.ofSeconds(1);
                case "m" -> Duration.ofMinutes(1);
                default -> Duration.ofHours(1);
            };
            long amount = parts.group(1).length() > 15 ? Long.MAX_VALUE : Long.parseLong(parts.group(1));
            if (amount > LONGEST.dividedBy(unit)) {
                return LONGEST;
            }
            sum = sum.plus(unit.multipliedBy(amount));
        }
        return sum.compareTo(LONGEST) > 0 ? LONGEST : sum;
    }

    /** As a manifest would write it: {@code 1h30m}, {@code 6s}, {@code 500ms}. What is below a millisecond is not said. */
    public static String text(Duration duration) {
        StringBuilder text = new StringBuilder();
        part(text, duration.toHours(), "h");
        part(text, duration.toMinutesPart(), "m");
        part(text, duration.toSecondsPart(), "s");
        part(text, duration.toMillisPart(), "ms");
        return text.isEmpty() ? "0s" : text.toString();
    }

    private static void part(StringBuilder text, long amount, String unit) {
        if (amount != 0) {
            text.append(amount).append(unit);
        }
    }

    public static Duration parse(@Nullable String text, Duration whenAbsent) {
        return text == null || text.isEmpty() ? whenAbsent : parse(text);
    }
}
