package dev.ragops.runtime.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How answers are made.
 *
 * @param maxSentences of an extractive answer, 1 to 20
 * @param prompt who the generator is to be and how it is to write; rules on sources and citations follow it in any case
 * @param contextTokens of prompt, sources and question together, 256 to 131072, counted by the embedder's tokenizer
 * @param maxTokens of a generated answer, 16 to 8192
 * @param generator present when a language model may be asked; only a RagModel can name one
 */
public record AnswerConfig(
        Kind kind,
        int maxSentences,
        Optional<String> prompt,
        int contextTokens,
        int maxTokens,
        Optional<Generator> generator) {
    private static final int LONGEST_PROMPT = 4000;
    /** What a request may take at most, here and at the gateway. */
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(10);

    private static final Pattern ADDRESS = Pattern.compile("://|\\bwww\\.|\\bmailto:", Pattern.CASE_INSENSITIVE);
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}&&[^\\n\\t]]");

    public static final AnswerConfig DEFAULT =
            new AnswerConfig(Kind.EXTRACTIVE, 3, Optional.empty(), 3000, 512, Optional.empty());

    public enum Kind {
        EXTRACTIVE,
        GENERATED
    }

    /**
     * An OpenAI-compatible endpoint.
     *
     * @param url base address, ending before {@code /chat/completions}
     * @param apiKeyFile read at every call, so that a rotated key needs no restart
     * @param timeout longest wait for a whole answer, at most ten minutes
     */
    public record Generator(String url, String model, Optional<String> apiKeyFile, Duration timeout) {
        public Generator {
            try {
                URI address = new URI(url);
                if (address.getHost() == null
                        || !("http".equals(address.getScheme()) || "https".equals(address.getScheme()))) {
                    throw new ConfigException("generation.generator.url is '" + url + "', must be http(s)://host/…");
                }
            } catch (URISyntaxException e) {
                throw new ConfigException("generation.generator.url is '" + url + "': " + e.getReason());
            }
            if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
                throw new ConfigException("generation.generator.timeout is " + timeout
                        + ", must be more than nothing and at most " + LONGEST_TIMEOUT.toMinutes() + "m");
            }
            url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        }
    }

    public AnswerConfig {
        within("answer.maxSentences", maxSentences, 1, 20);
        within("answer.contextTokens", contextTokens, 256, 131_072);
        within("answer.maxTokens", maxTokens, 16, 8192);
        prompt.ifPresent(AnswerConfig::checkPrompt);
    }

    /** As it stands, with an endpoint to ask. */
    public AnswerConfig with(Kind other, int sentences, Optional<Generator> endpoint) {
        return new AnswerConfig(other, sentences, prompt, contextTokens, maxTokens, endpoint);
    }

    private static void within(String field, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ConfigException(field + " is " + value + ", must be " + least + " to " + most);
        }
    }

    private static void checkPrompt(String prompt) {
        if (prompt.isBlank() || prompt.length() > LONGEST_PROMPT) {
            throw new ConfigException(
                    "answer.prompt has " + prompt.length() + " characters, must have 1 to " + LONGEST_PROMPT);
        }
        if (ADDRESS.matcher(prompt).find()) {
            throw new ConfigException("answer.prompt names an address; a bundle names none");
        }
        if (CONTROL.matcher(prompt).find()) {
            throw new ConfigException("answer.prompt holds control or invisible characters");
        }
    }
}
