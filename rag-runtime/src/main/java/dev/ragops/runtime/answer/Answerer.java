package dev.ragops.runtime.answer;

import dev.ragops.runtime.config.AnswerConfig;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/** Makes an answer as configured; when the generator fails, an extractive one that says it is a stand-in. Thread-safe; works on the calling thread. */
public final class Answerer {
    /** Kept from the deadline: to make the stand-in and to send it. */
    private static final Duration RESERVE = Duration.ofMillis(100);

    private final AnswerConfig config;
    private final ToIntFunction<String> tokens;
    private final ExtractiveAnswerer extractive;
    private final Optional<GuardedGenerator> generator;

    /** @param tokens how many a text has, for the context budget */
    public Answerer(AnswerConfig config, ToIntFunction<String> tokens, Clock clock, GeneratorListener listener) {
        this.config = config;
        this.tokens = tokens;
        this.extractive = new ExtractiveAnswerer(config.maxSentences());
        this.generator = config.generator()
                .map(endpoint -> new GuardedGenerator(
                        new OpenAiGenerator(endpoint, config.maxTokens()), endpoint.timeout(), clock, listener));
    }

    /** The whole answer at once. A generator that breaks off midway is replaced like one that does not answer. */
    public Answer answer(Question question) {
        return make(question, _ -> {}, false);
    }

    /**
     * The answer as it comes.
     *
     * @param deltas gets the text in parts that add up to the text of the answer returned; it may throw when nobody listens any more, which ends the generation
     * @return the whole answer; {@code degraded} also when the generator broke off after its first words
     */
    public Answer stream(Question question, Consumer<String> deltas) {
        return make(question, deltas, true);
    }

    /** Whether answering means asking the generator; else an answer is made at once, and without waiting for anything. */
    public boolean asks(Question question) {
        return generates() && !question.shadow() && !question.hits().isEmpty();
    }

    /**
     * An answer where the generator is wanted and cannot be asked.
     *
     * @param deltas gets its text in parts
     */
    public Answer standIn(Question question, Consumer<String> deltas) {
        return said(extractive.answer(question.text(), question.hits()).asStandIn(), deltas);
    }

    /** Whether an answer may take as long as a language model does. */
    public boolean generates() {
        return config.kind() == AnswerConfig.Kind.GENERATED;
    }

    private Answer make(Question question, Consumer<String> deltas, boolean streamed) {
        if (!asks(question)) {
            return said(extractive.answer(question.text(), question.hits()), deltas);
        }
        return generator
                .flatMap(asked -> generated(asked, question, deltas, streamed))
                .orElseGet(() -> standIn(question, deltas));
    }

    private Optional<Answer> generated(
            GuardedGenerator asked, Question question, Consumer<String> deltas, boolean streamed) {
        Prompt prompt = Prompt.of(question, config, tokens);
        Duration limit = limit(question);
        if (prompt.sources() == 0 || limit.isNegative() || limit.isZero()) {
            return Optional.empty();
        }
        Transcript transcript = new Transcript(question.hits(), prompt.sources(), deltas);
        try {
            boolean full = asked.ask(prompt, question.trace(), limit, transcript::add);
            return Optional.of(transcript.end(full ? Answer.Ending.WHOLE : Answer.Ending.LENGTH))
                    .filter(answer -> !answer.text().isEmpty());
        } catch (GeneratorException e) {
            return streamed && !transcript.isEmpty()
                    ? Optional.of(transcript.end(Answer.Ending.CUT))
                    : Optional.empty();
        }
    }

    private Duration limit(Question question) {
        Duration left = question.left().minus(RESERVE);
        Duration most = config.generator().orElseThrow().timeout();
        return left.compareTo(most) < 0 ? left : most;
    }

    private static Answer said(Answer answer, Consumer<String> deltas) {
        int from = 0;
        for (Answer.Citation citation : answer.citations()) {
            deltas.accept(answer.text().substring(from, citation.end()));
            from = citation.end();
        }
        return answer;
    }
}
