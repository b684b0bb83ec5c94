package dev.ragops.runtime.search;

import dev.ragops.runtime.index.SegmentPolicy;
import dev.ragops.runtime.index.SegmentedIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Derives views from changes: the only writer of an index. Each {@link #apply} costs what the change costs, not what the
 * corpus costs; larger work (graph builds, compaction) runs beside it and shows up in a later view of the same sequence.
 *
 * <p>Thread-safe: writes wait for each other, {@link #current} never waits.
 */
public final class Indexer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Indexer.class);
    /** Dead passages are dropped when they are this share of the living, */
    private static final double MAX_DEAD_SHARE = 0.3;
    /** and at least so many. */
    private static final int MIN_DEAD = 1_000;

    private static final int SETTLE_SHARE = 30;

    private final SegmentPolicy policy;
    private final Executor background;
    private IndexState state;
    private volatile View current;
    /** Changes that a running compaction has not taken yet; empty while none runs. */
    private Optional<List<ViewChange>> sinceCompaction = Optional.empty();

    private boolean building;
    private boolean closed;
    private long settledAt = System.nanoTime();
    private long settleNanos;

    /**
     * @param fingerprint of the embedder whose vectors will come
     * @param background runs graph builds and compactions; {@code Runnable::run} makes them part of {@link #apply}
     */
    public Indexer(String fingerprint, int dimension, RetrievalConfig.IndexKind kind, Executor background) {
        this(new IndexState(fingerprint, dimension), 0, kind, background);
    }

    private Indexer(IndexState state, long sequence, RetrievalConfig.IndexKind kind, Executor background) {
        this.policy = switch (kind) {
            case AUTO -> SegmentPolicy.AUTO;
            case EXACT -> SegmentPolicy.NEVER;
            case HNSW -> SegmentPolicy.ALWAYS;
            case HNSWLIB -> SegmentPolicy.HNSWLIB;
        };
        this.background = background;
        this.state = state;
        this.current = state.view(sequence);
    }

    /** Goes on where a snapshot ends; graphs that it lacks are built in the background at once. */
    public static Indexer of(SnapshotFile.Restored snapshot, RetrievalConfig.IndexKind kind, Executor background) {
        Indexer indexer = new Indexer(snapshot.state(), snapshot.sequence(), kind, background);
        indexer.maintain();
        return indexer;
    }

    /** The newest view; an empty one of sequence 0 at first. */
    public View current() {
        return current;
    }

    /**
     * Makes the change visible and returns the view that shows it. After an exception the views so far go on answering, but this indexer may take no
     * change any more: its words may hold half of the change, or be closed for good.
     */
    public View apply(ViewChange change) {
        View view;
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("the indexer is closed");
            }
            view = state.apply(change);
            sinceCompaction.ifPresent(changes -> changes.add(change));
            current = view;
        }
        maintain();
        return view;
    }

    /**
     * Says that nothing changes just now: in the background questions are made cheaper, for at most a thirtieth of the time, however often changes pause.
     * Words in one segment instead of nine took two thirds off the lexical leg over 5,000 passages.
     */
    public void settle() {
        IndexState settling;
        synchronized (this) {
            boolean tooSoon = System.nanoTime() - settledAt < SETTLE_SHARE * settleNanos;
            if (closed || building || tooSoon || current.lexical().isWhole()) {
                return;
            }
            building = true;
            settling = state;
        }
        background.execute(() -> finish(() -> settle(settling)));
    }

    private void settle(IndexState settling) {
        long began = System.nanoTime();
        settling.mergeWords();
        synchronized (this) {
            current = settling.view(current.sequence());
            settledAt = System.nanoTime();
            settleNanos = settledAt - began;
        }
    }

    private void maintain() {
        Optional<Runnable> work;
        synchronized (this) {
            work = closed || building ? Optional.empty() : nextWork();
            building |= work.isPresent();
        }
        work.ifPresent(background::execute);
    }

    private Optional<Runnable> nextWork() {
        if (state.dead() >= MIN_DEAD && state.dead() > state.live() * MAX_DEAD_SHARE) {
            sinceCompaction = Optional.of(new ArrayList<>());
            View from = current;
            return Optional.of(() -> finish(() -> compact(from)));
        }
        SegmentedIndex dense = state.dense();
        return policy.wantsBuild(dense) ? Optional.of(() -> finish(() -> build(dense))) : Optional.empty();
    }

    /** Whatever happens, the next change may start work again. */
    private void finish(Runnable work) {
        boolean done = false;
        try {
            work.run();
            done = true;
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.warn("index maintenance failed; searches go on with what there is", e);
        } finally {
            synchronized (this) {
                building = false;
                sinceCompaction = Optional.empty();
            }
        }
        if (done) {
            maintain();
        }
    }

    private void compact(View from) {
        IndexState fresh = IndexState.compacted(from);
        // Before the swap: without graphs every question would scan for as long as they take, 31 s over 94,000 rows.
        if (policy.wantsBuild(fresh.dense())) {
            fresh.adopt(policy.build(fresh.dense()));
        }
        // Most of what was written meanwhile: the writer then waits for the rest only.
        missed().forEach(fresh::take);
        IndexState old;
        synchronized (this) {
            missed().forEach(fresh::take);
            current = fresh.view(current.sequence());
            old = state;
            state = fresh;
        }
        old.close();
    }

    private synchronized List<ViewChange> missed() {
        List<ViewChange> missed = sinceCompaction.orElse(List.of());
        sinceCompaction = Optional.of(new ArrayList<>());
        return missed;
    }

    private void build(SegmentedIndex dense) {
        SegmentedIndex built = policy.build(dense);
        synchronized (this) {
            state.adopt(built);
            View view = current;
            current = new View(view.sequence(), view.fingerprint(), view.passages(), state.dense(), view.lexical());
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            state.close();
        }
    }
}
