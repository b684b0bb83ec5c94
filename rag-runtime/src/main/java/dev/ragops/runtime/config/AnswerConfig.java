package dev.ragops.runtime.config;

import java.time.Duration;
import java.util.Optional;

/**
 * How answers are made.
 *
 * @param maxSentences of an extractive answer, 1 to 20
 * @param generator present when a language model may be asked; only a RagModel can name one
 */
public record AnswerConfig(Kind kind, int maxSentences, Optional<Generator> generator) {
    public static final AnswerConfig DEFAULT = new AnswerConfig(Kind.EXTRACTIVE, 3, Optional.empty());

    public enum Kind {
        EXTRACTIVE,
        GENERATED
    }

    /**
     * An OpenAI-compatible endpoint.
     *
     * @param url base address, ending before {@code /chat/completions}
     * @param apiKeyFile read at every call, so that a rotated key needs no restart
     */
    public record Generator(String url, String model, Optional<String> apiKeyFile, Duration timeout) {}

    public AnswerConfig {
        if (maxSentences < 1 || maxSentences > 20) {
            throw new ConfigException("answer.maxSentences is " + maxSentences + ", must be 1 to 20");
        }
    }
}
