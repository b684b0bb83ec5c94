package dev.ragops.runtime.view;

import dev.ragops.runtime.search.DocumentKey;
import dev.ragops.runtime.search.Passage;
import dev.ragops.runtime.search.ViewChange;
import dev.ragops.runtime.search.ViewChange.EmbeddedDocument;
import dev.ragops.runtime.search.ViewChange.EmbeddedPassage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A step of the view whose vectors are still being made. */
record PendingChange(long through, List<Cut> upserts, Set<DocumentKey> deletes, PassageVectors vectors) {
    /** A document in passages. */
    record Cut(DocumentKey key, List<Passage> passages) {}

    ViewChange change() {
        List<EmbeddedDocument> embedded = new ArrayList<>();
        List<float[]> all = vectors.get();
        int next = 0;
        for (Cut cut : upserts) {
            List<EmbeddedPassage> parts = new ArrayList<>();
            for (Passage passage : cut.passages()) {
                parts.add(new EmbeddedPassage(passage, all.get(next++)));
            }
            embedded.add(new EmbeddedDocument(cut.key(), parts));
        }
        return new ViewChange(through, embedded, deletes);
    }
}
