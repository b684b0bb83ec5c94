package dev.ragops.runtime.answer;

import dev.ragops.runtime.config.AnswerConfig;
import dev.ragops.runtime.search.SearchHit;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Makes an answer as configured; when the generator fails, an extractive one that says it is a stand-in. */
public final class Answerer {
    private final AnswerConfig config;
    private final ExtractiveAnswerer extractive;
    private final Optional<OpenAiGenerator> generator;

    public Answerer(AnswerConfig config, Clock clock) {
        this.config = config;
        this.extractive = new ExtractiveAnswerer(config.maxSentences());
        this.generator = config.generator().map(endpoint -> new OpenAiGenerator(endpoint, clock));
    }

    /** @param free a mirrored question: nobody pays for a generator */
    public Answer answer(String question, List<SearchHit> hits, boolean free) {
        if (config.kind() == AnswerConfig.Kind.EXTRACTIVE || free) {
            return extractive.answer(question, hits);
        }
        return generator.flatMap(endpoint -> endpoint.answer(question, hits)).orElseGet(() -> {
            Answer instead = extractive.answer(question, hits);
            return new Answer(instead.text(), instead.kind(), true, instead.lowConfidence(), instead.citations());
        });
    }

    /** Whether an answer may take as long as a language model does. */
    public boolean generates() {
        return config.kind() == AnswerConfig.Kind.GENERATED;
    }
}
