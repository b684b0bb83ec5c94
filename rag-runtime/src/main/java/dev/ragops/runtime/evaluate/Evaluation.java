package dev.ragops.runtime.evaluate;

import dev.ragops.runtime.chunk.Chunk;
import dev.ragops.runtime.chunk.Chunker;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.search.DocumentKey;
import dev.ragops.runtime.search.Indexer;
import dev.ragops.runtime.search.Passage;
import dev.ragops.runtime.search.RetrievalConfig;
import dev.ragops.runtime.search.SearchRequest;
import dev.ragops.runtime.search.Searcher;
import dev.ragops.runtime.search.View;
import dev.ragops.runtime.search.ViewChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Asks a collection's questions of an index of its documents, through the very classes that serve. */
public final class Evaluation {
    /** Chunks asked for a question: enough that recall@100 and MAP see all a leg can bring. */
    private static final int DEPTH = 1000;

    private static final String COLLECTION = "default";

    private Evaluation() {}

    /** Hears how far the work is, after every step. */
    public interface Progress {
        /** Does not listen. */
        Progress SILENT = (what, done, all) -> {};

        void done(String what, int done, int all);
    }

    /** An index of all documents. */
    public static View index(
            Embedder embedder,
            Chunker chunker,
            List<BeirFolder.Text> documents,
            RetrievalConfig.IndexKind kind,
            Progress progress) {
        List<ViewChange.EmbeddedDocument> embedded = new ArrayList<>(documents.size());
        for (BeirFolder.Text document : documents) {
            embedded.add(embed(embedder, chunker, document));
            progress.done("documents embedded", embedded.size(), documents.size());
        }
        try (Indexer indexer = new Indexer(embedder.fingerprint(), embedder.dimension(), kind, Runnable::run)) {
            indexer.apply(new ViewChange(1, embedded, Set.of()));
            return indexer.current();
        }
    }

    private static ViewChange.EmbeddedDocument embed(Embedder embedder, Chunker chunker, BeirFolder.Text document) {
        List<Passage> passages = new ArrayList<>();
        for (Chunk chunk : chunker.chunk(document.title(), document.text())) {
            passages.add(new Passage(
                    COLLECTION,
                    document.id(),
                    chunk.index(),
                    chunk.start(),
                    chunk.end(),
                    document.title(),
                    chunk.text(),
                    Map.of()));
        }
        List<float[]> vectors = embedder.embedPassages(
                passages.stream().map(Passage::modelInput).toList());
        List<ViewChange.EmbeddedPassage> parts = new ArrayList<>();
        for (int i = 0; i < vectors.size(); i++) {
            parts.add(new ViewChange.EmbeddedPassage(passages.get(i), vectors.get(i)));
        }
        return new ViewChange.EmbeddedDocument(new DocumentKey(COLLECTION, document.id()), parts);
    }

    /** One ranking a question, in order. */
    public static List<Ranking> run(Searcher searcher, View view, List<Judged> questions, Progress progress) {
        List<Ranking> run = new ArrayList<>(questions.size());
        for (Judged question : questions) {
            var hits = searcher.search(view, SearchRequest.of(question.question(), DEPTH))
                    .hits();
            run.add(Ranking.ofChunks(
                    question.id(),
                    hits.stream()
                            .map(hit -> new Ranking.Scored(hit.passage().documentId(), hit.score()))
                            .toList()));
            progress.done("questions asked", run.size(), questions.size());
        }
        return run;
    }
}
