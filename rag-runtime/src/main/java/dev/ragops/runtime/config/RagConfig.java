package dev.ragops.runtime.config;

import dev.ragops.runtime.chunk.ChunkingConfig;
import dev.ragops.runtime.embed.EmbedderSpec;
import dev.ragops.runtime.search.RetrievalConfig;

/** Everything that shapes an answer: {@code rag.yaml}, with overrides applied. */
public record RagConfig(
        String name, EmbedderSpec embedder, ChunkingConfig chunking, RetrievalConfig retrieval, AnswerConfig answer) {
    /** What a runtime without any bundle goes by. */
    public static final RagConfig DEFAULT = new RagConfig(
            "default",
            new EmbedderSpec.Builtin("all-MiniLM-L6-v2-q"),
            ChunkingConfig.DEFAULT,
            RetrievalConfig.DEFAULT,
            AnswerConfig.DEFAULT);

    public RagConfig withRetrieval(RetrievalConfig other) {
        return new RagConfig(name, embedder, chunking, other, answer);
    }
}
