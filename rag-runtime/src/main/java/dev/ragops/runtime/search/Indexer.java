package dev.ragops.runtime.search;

import java.util.concurrent.Executor;

/**
 * Derives views from changes: the only writer of an index. Each {@link #apply} costs what the change costs, not what the
 * corpus costs; larger work (graph builds, compaction) runs beside it and shows up in a later view.
 *
 * <p>One thread writes at a time; {@link #current} may be read from any thread.
 */
public final class Indexer implements AutoCloseable {
    /**
     * @param fingerprint of the embedder whose vectors will come
     * @param background runs graph builds and compactions; {@code Runnable::run} makes them part of {@link #apply}
     */
    public Indexer(String fingerprint, int dimension, RetrievalConfig.IndexKind kind, Executor background) {
        throw new UnsupportedOperationException("not yet: " + fingerprint + dimension + kind + background);
    }

    /** The newest view; an empty one of sequence 0 at first. */
    public View current() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Makes the change visible and returns the view that shows it. */
    public View apply(ViewChange change) {
        throw new UnsupportedOperationException("not yet: " + change);
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException("not yet");
    }
}
