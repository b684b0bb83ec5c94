package dev.ragops.runtime.embed;

import java.util.Optional;

/** Which encoder a bundle asks for: the {@code embedder} section of {@code rag.yaml} as data. */
public sealed interface EmbedderSpec {
    /**
     * Weights that come with the runtime.
     *
     * @param name {@code all-MiniLM-L6-v2[-q]} or {@code bge-small-en-v1.5[-q]}
     */
    record Builtin(String name) implements EmbedderSpec {}

    /**
     * Weights that the bundle ships. Paths are relative to the bundle directory and may not leave it.
     *
     * @param model ONNX file
     * @param vocabulary {@code vocab.txt}; when absent {@code tokenizer} must be there
     * @param tokenizer {@code tokenizer.json} of a WordPiece model
     * @param dimension what the author says the vectors' length is, checked against the model
     */
    record Bundled(
            String model,
            Optional<String> vocabulary,
            Optional<String> tokenizer,
            Encoding encoding,
            Optional<Integer> dimension)
            implements EmbedderSpec {}

    /** How token vectors become one vector. */
    enum Pooling {
        MEAN,
        CLS
    }

    /**
     * What is done around the model.
     *
     * @param maxTokens special tokens included, 8 to 512
     */
    record Encoding(Pooling pooling, int maxTokens, boolean normalize, String queryPrefix, String passagePrefix) {
        public Encoding {
            if (maxTokens < 8 || maxTokens > 512) {
                throw new EmbedderException("embedder.maxTokens is " + maxTokens + ", must be 8 to 512");
            }
        }
    }
}
