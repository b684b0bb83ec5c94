package dev.ragops.runtime.embed;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Remembers the vectors of recent questions: encoding is most of a query's cost, and people ask alike. */
final class CachingEmbedder implements Embedder {
    private final Embedder encoder;
    private final int capacity;
    private final Map<String, float[]> recent;
    private long hits;
    private long misses;

    CachingEmbedder(Embedder encoder, int capacity) {
        this.encoder = encoder;
        this.capacity = capacity;
        this.recent = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, float[]> eldest) {
                return size() > CachingEmbedder.this.capacity;
            }
        };
    }

    @Override
    public float[] embedQuery(String text) {
        synchronized (recent) {
            float[] known = recent.get(text);
            if (known != null) {
                hits++;
                return known.clone();
            }
            misses++;
        }
        float[] vector = encoder.embedQuery(text);
        synchronized (recent) {
            recent.put(text, vector.clone());
        }
        return vector;
    }

    @Override
    public CacheStats queryCache() {
        synchronized (recent) {
            return new CacheStats(hits, misses, recent.size(), capacity);
        }
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
    public void close() {
        encoder.close();
    }
}
