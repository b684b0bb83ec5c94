package dev.ragops.runtime.embed;

import java.util.List;

/**
 * Turns text into vectors of one space, so that everything behind it can stay ignorant of models.
 *
 * <p>Implementations are thread-safe. At most {@link #concurrency()} texts are encoded at a time, each on the calling
 * thread; further callers wait, queries before passages. Callers that must shed load count their own waiting requests.
 */
public interface Embedder extends AutoCloseable {
    /**
     * Names the vector space: equal fingerprints mean interchangeable vectors.
     *
     * @return SHA-256 (hex) of weights, configuration, tokenizer and pooling code version, ONNX Runtime version
     */
    String fingerprint();

    /** Length of every vector. */
    int dimension();

    /** How many texts are encoded at a time. */
    int concurrency();

    /**
     * Encodes a question.
     *
     * @return {@code float[dimension]}, unit length when the model normalises; a copy the caller may keep
     */
    float[] embedQuery(String text);

    /**
     * Encodes passages; gives way to waiting questions between texts.
     *
     * @param texts the exact model inputs (see {@code Passage.modelInput()}), before the model's own passage prefix
     * @return one {@code float[dimension]} a text, in order
     */
    List<float[]> embedPassages(List<String> texts);

    /** The tokenizer of this model, for cutting documents by the tokens it will see. */
    Tokenizer tokenizer();

    /** Model tokens a text may have, special tokens included; the rest of a text is not seen. */
    int maxTokens();

    /** Tokens of a passage that the model sees: what special tokens and the passage prefix leave of {@link #maxTokens}. */
    int passageTokens();

    /** What the cache of question vectors did; {@link CacheStats#NONE} without one. */
    CacheStats queryCache();

    /** Releases native memory; calls after it fail with {@link EmbedderException}. */
    @Override
    void close();
}
