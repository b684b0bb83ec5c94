package dev.ragops.runtime.search;

import dev.ragops.runtime.embed.CacheStats;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.embed.EmbedderException;
import dev.ragops.runtime.embed.TestTokenizer;
import dev.ragops.runtime.embed.Tokenizer;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/** A bag of hashed words: close texts share words, and a test can tell what is close. */
public final class FakeEmbedder implements Embedder {
    private static final int DIMENSION = 64;
    private final String fingerprint;
    private volatile boolean broken;
    private volatile Semaphore permits = new Semaphore(Integer.MAX_VALUE);
    private final Queue<String> passages = new ConcurrentLinkedQueue<>();

    public FakeEmbedder(String fingerprint) {
        this.fingerprint = fingerprint;
    }

    /** From now on it takes no passages, or takes them again. */
    public void setBroken(boolean broken) {
        this.broken = broken;
    }

    /** From now on it takes passages once for each permit that there is. */
    public void setPermits(Semaphore permits) {
        this.permits = permits;
    }

    /** Every passage text it was given, in order. */
    public List<String> passages() {
        return List.copyOf(passages);
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public int dimension() {
        return DIMENSION;
    }

    @Override
    public int concurrency() {
        return 1;
    }

    @Override
    public float[] embedQuery(String text) {
        float[] vector = new float[DIMENSION];
        for (String word : text.toLowerCase(Locale.ROOT).split("\\W+", -1)) {
            vector[Math.floorMod(word.hashCode() * 31, DIMENSION)] += 1;
        }
        double square = 0;
        for (float x : vector) {
            square += x * x;
        }
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] /= (float) Math.sqrt(square);
        }
        return vector;
    }

    @Override
    public List<float[]> embedPassages(List<String> texts) {
        if (broken) {
            throw new EmbedderException("broken on purpose");
        }
        try {
            permits.acquire();
        } catch (InterruptedException e) {
            throw new EmbedderException("nobody waits for it any more");
        }
        passages.addAll(texts);
        return texts.stream().map(this::embedQuery).toList();
    }

    @Override
    public Tokenizer tokenizer() {
        return TestTokenizer.get();
    }

    @Override
    public int maxTokens() {
        return 256;
    }

    @Override
    public int passageTokens() {
        return 254;
    }

    @Override
    public CacheStats queryCache() {
        return CacheStats.NONE;
    }

    @Override
    public void close() {}
}
