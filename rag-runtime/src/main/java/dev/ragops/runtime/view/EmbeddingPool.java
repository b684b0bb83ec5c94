package dev.ragops.runtime.view;

import dev.ragops.runtime.embed.Embedder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Embeds passages on all the cores there are for it; the embedder itself lets questions go first. */
final class EmbeddingPool implements AutoCloseable {
    /** Few, so that no core stands idle at the end of a page; enough for an fp32 model to batch short ones. */
    private static final int TEXTS_A_TASK = 8;

    private final Embedder embedder;
    private final ExecutorService threads;
    private final AtomicInteger waiting = new AtomicInteger();

    EmbeddingPool(Embedder embedder) {
        this.embedder = embedder;
        this.threads = Executors.newFixedThreadPool(
                embedder.concurrency(),
                Thread.ofPlatform().name("embed-", 0).daemon().factory());
    }

    String fingerprint() {
        return embedder.fingerprint();
    }

    /** Whether the threads will soon have nothing to do: the time to bring more. */
    boolean isHungry() {
        return waiting.get() < 2 * TEXTS_A_TASK * embedder.concurrency();
    }

    /**
     * @param inputs by some key, which the vectors come under, too
     * @return a future a task, in the order in which they are begun
     */
    List<CompletableFuture<Map<String, float[]>>> embed(Map<String, String> inputs) {
        List<String> keys = List.copyOf(inputs.keySet());
        List<String> texts = List.copyOf(inputs.values());
        List<CompletableFuture<Map<String, float[]>>> tasks = new ArrayList<>();
        for (int from = 0; from < texts.size(); from += TEXTS_A_TASK) {
            int to = Math.min(from + TEXTS_A_TASK, texts.size());
            tasks.add(embed(keys.subList(from, to), texts.subList(from, to)));
        }
        return tasks;
    }

    private CompletableFuture<Map<String, float[]>> embed(List<String> keys, List<String> texts) {
        waiting.addAndGet(texts.size());
        return CompletableFuture.supplyAsync(() -> embedder.embedPassages(texts), threads)
                .whenComplete((_, _) -> waiting.addAndGet(-texts.size()))
                .thenApply(made -> {
                    Map<String, float[]> vectors = HashMap.newHashMap(keys.size());
                    made.forEach(vector -> vectors.put(keys.get(vectors.size()), vector));
                    return vectors;
                });
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
