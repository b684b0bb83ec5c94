package dev.ragops.runtime.chunk;

/**
 * The {@code chunking} section of {@code rag.yaml}.
 *
 * @param maxTokens model tokens a chunk may have, 16 to 512; it has fewer where the model would not see so many behind the title
 * @param overlapTokens tokens repeated from the chunk before, less than half of {@code maxTokens}
 */
public record ChunkingConfig(int maxTokens, int overlapTokens) {
    public static final ChunkingConfig DEFAULT = new ChunkingConfig(200, 32);

    public ChunkingConfig {
        if (maxTokens < 16 || maxTokens > 512) {
            throw new IllegalArgumentException("chunking.maxTokens is " + maxTokens + ", must be 16 to 512");
        }
        if (overlapTokens < 0 || overlapTokens * 2 >= maxTokens) {
            throw new IllegalArgumentException("chunking.overlapTokens is " + overlapTokens
                    + ", must be at least 0 and less than half of chunking.maxTokens (" + maxTokens + ")");
        }
    }
}
