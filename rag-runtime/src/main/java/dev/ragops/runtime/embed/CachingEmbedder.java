package dev.ragops.runtime.embed;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;

/** Remembers the vectors of recent questions: encoding is most of a query's cost, and people ask alike. */
final class CachingEmbedder implements Embedder {
    private final Embedder encoder;
    private final Cache<String, float[]> recent;

    /** @param bytes of heap that questions and their vectors may take */
    CachingEmbedder(Embedder encoder, long bytes) {
        this.encoder = encoder;
        this.recent = Caffeine.newBuilder()
                .maximumWeight(bytes)
                .<String, float[]>weigher((text, vector) -> 128 + 2 * text.length() + Float.BYTES * vector.length)
                .executor(Runnable::run)
                .recordStats()
                .build();
    }

    @Override
    public float[] embedQuery(String text) {
        float[] known = recent.getIfPresent(text);
        if (known == null) {
            known = encoder.embedQuery(text);
            recent.put(text, known);
        }
        return known.clone();
    }

    @Override
    public CacheStats queryCache() {
        var stats = recent.stats();
        return new CacheStats(stats.hitCount(), stats.missCount(), recent.estimatedSize());
    }

    @Override
    public String fingerprint() {
        return encoder.fingerprint();
    }

    @Override
    public int dimension() {
        return encoder.dimension();
    }

    @Override
    public int concurrency() {
        return encoder.concurrency();
    }

    @Override
    public List<float[]> embedPassages(List<String> texts) {
        return encoder.embedPassages(texts);
    }

    @Override
    public Tokenizer tokenizer() {
        return encoder.tokenizer();
    }

    @Override
    public int maxTokens() {
        return encoder.maxTokens();
    }

    @Override
    public int passageTokens() {
        return encoder.passageTokens();
    }

    @Override
    public void close() {
        encoder.close();
    }
}
