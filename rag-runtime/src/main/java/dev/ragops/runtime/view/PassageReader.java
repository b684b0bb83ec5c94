package dev.ragops.runtime.view;

import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.chunk.Chunker;
import dev.ragops.runtime.search.DocumentKey;
import dev.ragops.runtime.search.Passage;
import dev.ragops.runtime.store.StoredDocument;
import dev.ragops.runtime.store.VectorCache;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Cuts documents into passages and sees to it that each gets its vector. */
final class PassageReader {
    private final Chunker chunker;
    private final EmbeddingPool pool;

    PassageReader(Chunker chunker, EmbeddingPool pool) {
        this.chunker = chunker;
        this.pool = pool;
    }

    /**
     * @param through sequence of the change that comes of it
     * @param bundled vectors by SHA-256 (hex) of the exact model input
     */
    PendingChange begin(
            long through, List<StoredDocument> documents, Map<String, float[]> bundled, Optional<VectorCache> cache) {
        Set<DocumentKey> deletes = new HashSet<>();
        List<PendingChange.Cut> upserts = new ArrayList<>();
        for (StoredDocument stored : documents) {
            DocumentKey key =
                    new DocumentKey(stored.collection(), stored.document().id());
            if (stored.deleted()) {
                deletes.add(key);
            } else {
                upserts.add(new PendingChange.Cut(key, passages(key, stored.document())));
            }
        }
        List<String> inputs = upserts.stream()
                .flatMap(cut -> cut.passages().stream())
                .map(Passage::modelInput)
                .toList();
        SharedVectors shared = new SharedVectors(pool.fingerprint(), cache, InstantSource.system());
        return new PendingChange(through, upserts, deletes, PassageVectors.begin(inputs, bundled, pool, shared));
    }

    private List<Passage> passages(DocumentKey key, SourceDocument document) {
        return chunker.chunk(document.title(), document.text()).stream()
                .map(chunk -> new Passage(
                        key.collection(),
                        key.id(),
                        chunk.index(),
                        chunk.start(),
                        chunk.end(),
                        document.title(),
                        chunk.text(),
                        document.metadata()))
                .toList();
    }
}
