package dev.ragops.runtime.view;

import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.store.Contents;
import dev.ragops.runtime.store.DocumentStore;
import dev.ragops.runtime.store.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Vectors of passages: from the bundle, else from the store's cache, else from the embedder, and then kept for others. */
final class PassageVectors {
    private static final int EMBED_AT_ONCE = 16;

    private final Embedder embedder;
    private Map<String, float[]> bundled;
    private long embedded;

    /** @param bundled by SHA-256 (hex) of the exact model input */
    PassageVectors(Embedder embedder, Map<String, float[]> bundled) {
        this.embedder = embedder;
        this.bundled = bundled;
    }

    /** One vector an input, in order. */
    List<float[]> of(List<String> inputs, Optional<DocumentStore> store) {
        List<String> hashes = inputs.stream().map(Contents::inputHash).toList();
        Map<String, float[]> known = new HashMap<>();
        Map<String, String> missing = new LinkedHashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            float[] vector = bundled.get(hashes.get(i));
            if (vector != null) {
                known.put(hashes.get(i), vector);
            } else {
                missing.put(hashes.get(i), inputs.get(i));
            }
        }
        if (!missing.isEmpty() && store.isPresent()) {
            known.putAll(cached(store.get(), missing));
            missing.keySet().removeAll(known.keySet());
        }
        if (!missing.isEmpty()) {
            Map<String, float[]> made = embed(missing);
            known.putAll(made);
            store.ifPresent(cache -> keep(cache, made));
        }
        return hashes.stream()
                .map(hash -> Objects.requireNonNull(known.get(hash)))
                .toList();
    }

    private Map<String, float[]> embed(Map<String, String> missing) {
        List<String> hashes = List.copyOf(missing.keySet());
        List<String> texts = List.copyOf(missing.values());
        Map<String, float[]> made = new HashMap<>();
        for (int from = 0; from < texts.size(); from += EMBED_AT_ONCE) {
            int to = Math.min(from + EMBED_AT_ONCE, texts.size());
            List<float[]> vectors = embedder.embedPassages(new ArrayList<>(texts.subList(from, to)));
            for (int i = from; i < to; i++) {
                made.put(hashes.get(i), vectors.get(i - from));
            }
        }
        embedded += made.size();
        return made;
    }

    /** A cache that fails costs time, nothing else. */
    private Map<String, float[]> cached(DocumentStore store, Map<String, String> missing) {
        try {
            return store.vectors(embedder.fingerprint(), missing.keySet());
        } catch (StoreException e) {
            return Map.of();
        }
    }

    private void keep(DocumentStore store, Map<String, float[]> made) {
        try {
            store.putVectors(embedder.fingerprint(), made);
        } catch (StoreException e) {
            // Embedded again next time.
        }
    }

    /** After the bundle's documents are in: its vectors need not stay in memory. */
    void forgetBundled() {
        bundled = Map.of();
    }

    long embedded() {
        return embedded;
    }
}
