package dev.ragops.runtime.search;

import java.util.List;
import java.util.Set;

/**
 * One step of a view: everything the store did since the step before.
 *
 * @param sequence the store's sequence after this step
 * @param upserts documents added or replaced, with all of their passages (a document without any disappears)
 * @param deletes documents removed
 */
public record ViewChange(long sequence, List<EmbeddedDocument> upserts, Set<DocumentKey> deletes) {
    public ViewChange {
        upserts = List.copyOf(upserts);
        deletes = Set.copyOf(deletes);
    }

    /** A document's passages, each with its vector: {@code float[dimension]}, unit length. */
    public record EmbeddedDocument(DocumentKey key, List<EmbeddedPassage> passages) {
        public EmbeddedDocument {
            passages = List.copyOf(passages);
        }
    }

    public record EmbeddedPassage(Passage passage, float[] vector) {}
}
