package dev.ragops.operator.registry;

import java.util.Map;

/** What the registry answered to "which version?". */
public sealed interface Resolution {
    /**
     * A version with all that a decision needs of it.
     *
     * @param digest of its bundle, SHA-256 in hex: the version's tag {@code ragops.digest}
     * @param metrics by name, LoggedModel's before the run's
     */
    record Found(String version, String runId, String digest, Map<String, Double> metrics) implements Resolution {
        public Found {
            metrics = Map.copyOf(metrics);
        }
    }

    /**
     * No version.
     *
     * @param reason one word for the condition
     * @param message what was wrong and what to do
     * @param transientProblem asking again may help by itself
     */
    record Failed(String reason, String message, boolean transientProblem) implements Resolution {}
}
