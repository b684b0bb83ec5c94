package dev.ragops.runtime.answer;

import java.time.Duration;
import java.util.Optional;

/** A generator did not answer. The message names status and reason, never what was asked or said. */
final class GeneratorException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Outcome outcome;
    private final transient Optional<Duration> retryAfter;

    GeneratorException(Outcome outcome, String message) {
        this(outcome, message, Optional.empty());
    }

    GeneratorException(Outcome outcome, String message, Optional<Duration> retryAfter) {
        super(message);
        this.outcome = outcome;
        this.retryAfter = retryAfter;
    }

    Outcome outcome() {
        return outcome;
    }

    /** How long the endpoint asks to be left alone. */
    Optional<Duration> retryAfter() {
        return retryAfter == null ? Optional.empty() : retryAfter;
    }
}
