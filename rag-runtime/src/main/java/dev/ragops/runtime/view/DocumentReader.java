package dev.ragops.runtime.view;

import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.chunk.Chunker;
import dev.ragops.runtime.search.DocumentKey;
import dev.ragops.runtime.search.Passage;
import dev.ragops.runtime.search.ViewChange.EmbeddedDocument;
import dev.ragops.runtime.search.ViewChange.EmbeddedPassage;
import dev.ragops.runtime.store.DocumentStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Cuts documents into passages and gives each its vector. */
final class DocumentReader {
    private final Chunker chunker;
    private final PassageVectors vectors;

    DocumentReader(Chunker chunker, PassageVectors vectors) {
        this.chunker = chunker;
        this.vectors = vectors;
    }

    List<EmbeddedDocument> read(String collection, List<SourceDocument> documents, Optional<DocumentStore> store) {
        List<List<Passage>> passages = documents.stream()
                .map(document -> passages(collection, document))
                .toList();
        List<String> inputs =
                passages.stream().flatMap(List::stream).map(Passage::modelInput).toList();
        List<float[]> all = vectors.of(inputs, store);
        List<EmbeddedDocument> read = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < documents.size(); i++) {
            List<EmbeddedPassage> embedded = new ArrayList<>();
            for (Passage passage : passages.get(i)) {
                embedded.add(new EmbeddedPassage(passage, all.get(next++)));
            }
            read.add(new EmbeddedDocument(
                    new DocumentKey(collection, documents.get(i).id()), embedded));
        }
        return read;
    }

    private List<Passage> passages(String collection, SourceDocument document) {
        return chunker.chunk(document.text()).stream()
                .map(chunk -> new Passage(
                        collection,
                        document.id(),
                        chunk.index(),
                        chunk.start(),
                        chunk.end(),
                        document.title(),
                        chunk.text(),
                        document.metadata()))
                .toList();
    }
}
