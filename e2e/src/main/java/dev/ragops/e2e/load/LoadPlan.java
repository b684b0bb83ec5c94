package dev.ragops.e2e.load;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Says what load is wanted, so that a run can be read off its command line.
 *
 * @param url where questions are posted
 * @param ratePerSecond requests offered each second, whatever comes back
 * @param duration when to stop; zero: at SIGTERM
 * @param users distinct values of the {@code x-user} header
 * @param timeout after which a request counts as failed
 * @param questions file with one question a line
 * @param topK passages asked for
 */
public record LoadPlan(
        URI url, int ratePerSecond, Duration duration, int users, Duration timeout, Path questions, int topK) {

    private static final Set<String> NAMES =
            Set.of("--url", "--rate", "--seconds", "--users", "--timeout-ms", "--questions", "--top-k");

    public LoadPlan {
        if (ratePerSecond < 1 || ratePerSecond > 10_000) {
            throw new IllegalArgumentException("--rate must be between 1 and 10000, not " + ratePerSecond);
        }
        if (users < 1) {
            throw new IllegalArgumentException("--users must be at least 1, not " + users);
        }
    }

    static LoadPlan parse(List<String> arguments) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < arguments.size(); i += 2) {
            String name = arguments.get(i);
            if (!NAMES.contains(name)) {
                throw new IllegalArgumentException("unknown option " + name + "; known: "
                        + NAMES.stream().sorted().toList());
            }
            if (i + 1 == arguments.size()) {
                throw new IllegalArgumentException(name + " needs a value");
            }
            given.put(name, arguments.get(i + 1));
        }
        return new LoadPlan(
                URI.create(required(given, "--url")),
                number(given, "--rate", 50),
                Duration.ofSeconds(number(given, "--seconds", 0)),
                number(given, "--users", 1000),
                Duration.ofMillis(number(given, "--timeout-ms", 10_000)),
                Path.of(required(given, "--questions")),
                number(given, "--top-k", 5));
    }

    private static String required(Map<String, String> given, String name) {
        String value = given.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is required");
        }
        return value;
    }

    private static int number(Map<String, String> given, String name, int fallback) {
        String value = given.get(name);
        if (value == null) {
            return fallback;
        }
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " must be a whole number, not '" + value + "'", e);
        }
    }
}
