package dev.ragops.runtime.view;

import dev.ragops.runtime.store.Contents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The vectors of one page of passages on their way: from the bundle, else from the store's cache, else from the embedder, and then kept for others.
 * Several replicas on one store share the embedding: each claims what it embeds, and takes from the cache what the others made.
 */
final class PassageVectors {
    /** Between looks at what others have claimed. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final EmbeddingPool pool;
    private final SharedVectors shared;
    private final List<String> hashes;
    private final Map<String, float[]> known = new HashMap<>();
    private final Map<String, String> missing = new LinkedHashMap<>();
    /** What is being embedded here, by task. */
    private final List<CompletableFuture<Map<String, float[]>>> ours = new ArrayList<>();
    /** What these tasks embed. */
    private final Set<String> claimed = new HashSet<>();

    private int embedded;

    private PassageVectors(EmbeddingPool pool, SharedVectors shared, List<String> hashes) {
        this.pool = pool;
        this.shared = shared;
        this.hashes = hashes;
    }

    /**
     * Looks up what is known and starts embedding what is not.
     *
     * @param inputs exact model inputs
     * @param bundled vectors by SHA-256 (hex) of their input
     */
    static PassageVectors begin(
            List<String> inputs, Map<String, float[]> bundled, EmbeddingPool pool, SharedVectors shared) {
        PassageVectors vectors = new PassageVectors(
                pool, shared, inputs.stream().map(Contents::inputHash).toList());
        for (int i = 0; i < inputs.size(); i++) {
            String hash = vectors.hashes.get(i);
            float[] vector = bundled.get(hash);
            if (vector == null) {
                vectors.missing.put(hash, inputs.get(i));
            } else {
                vectors.known.put(hash, vector);
            }
        }
        vectors.take(shared.get(vectors.missing.keySet()));
        vectors.claim();
        return vectors;
    }

    private void take(Map<String, float[]> found) {
        known.putAll(found);
        missing.keySet().removeAll(found.keySet());
    }

    private void claim() {
        claimed.addAll(missing.isEmpty() ? Set.of() : shared.claim(missing.keySet()));
        if (!claimed.isEmpty()) {
            Map<String, String> inputs = new LinkedHashMap<>(missing);
            inputs.keySet().retainAll(claimed);
            ours.addAll(pool.embed(inputs));
        }
    }

    boolean isComplete() {
        return missing.isEmpty();
    }

    /** Takes what has come in the meantime, after a short wait for it. */
    void look() throws InterruptedException {
        if (ours.isEmpty()) {
            // What is left is being embedded by others: it appears in the cache, or their claim ends.
            take(shared.get(missing.keySet()));
            claim();
            if (ours.isEmpty() && !missing.isEmpty()) {
                TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN.toMillis());
            }
            return;
        }
        try {
            CompletableFuture.allOf(ours.toArray(CompletableFuture[]::new))
                    .get(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // The threads are at it.
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        }
        keepUp();
        if (ours.isEmpty()) {
            claim();
        }
    }

    /** Gives others what has been embedded here, and goes on claiming the rest of it. What failed is left to {@link #look}. */
    void keepUp() {
        Map<String, float[]> made = new HashMap<>();
        ours.removeIf(task -> {
            boolean done = task.state() == Future.State.SUCCESS;
            if (done) {
                made.putAll(task.resultNow());
            }
            return done;
        });
        embedded += made.size();
        shared.put(made);
        take(made);
        claimed.removeAll(made.keySet());
        shared.renew(claimed);
    }

    /** One vector an input, in order, once complete. */
    List<float[]> get() {
        return hashes.stream()
                .map(hash -> Objects.requireNonNull(known.get(hash)))
                .toList();
    }

    /** How many of them this process had to make. */
    int embedded() {
        return embedded;
    }
}
