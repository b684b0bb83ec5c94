package dev.ragops.runtime.search;

import dev.ragops.runtime.embed.Embedder;

/** Answers questions over a view: embed, both legs, fuse, re-rank. Thread-safe; works on the calling thread. */
public final class Searcher {
    private final Embedder embedder;
    private final RetrievalConfig config;

    public Searcher(Embedder embedder, RetrievalConfig config) {
        this.embedder = embedder;
        this.config = config;
    }

    /**
     * The hits, best first, ties by document id and chunk.
     *
     * @throws IllegalStateException when the view was built by another embedder
     */
    public SearchResult search(View view, SearchRequest request) {
        throw new UnsupportedOperationException("not yet: " + embedder + config + view + request);
    }
}
