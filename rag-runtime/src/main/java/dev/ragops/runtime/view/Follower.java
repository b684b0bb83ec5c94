package dev.ragops.runtime.view;

import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.chunk.Chunker;
import dev.ragops.runtime.config.RagConfig;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.search.Indexer;
import dev.ragops.runtime.search.SnapshotFile;
import dev.ragops.runtime.search.View;
import dev.ragops.runtime.store.DocumentStore;
import dev.ragops.runtime.store.Head;
import dev.ragops.runtime.store.StoreException;
import dev.ragops.runtime.store.StoredDocument;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a view abreast of its documents: the bundle's first, then every change of the store in order. One thread writes; a query reads {@link #current}
 * and nothing else. A store that is gone makes the view old, never unready.
 */
public final class Follower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /** Each holds a connection and its request; those of five seconds at 200 a second, on a view that stands still. */
    private static final int MOST_WAITING = 1000;

    private final RagConfig config;
    private final Embedder embedder;
    private final List<SourceDocument> bundled;
    private final Map<String, SourceDocument> bundledById;
    private final Supplier<Map<String, float[]>> bundledVectors;
    private final Optional<Supplier<DocumentStore>> opener;
    private final Optional<Snapshots> snapshots;
    private final EmbeddingPool pool;
    private final PassageReader reader;
    private final Housekeeping housekeeping;
    private final ExecutorService background = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("index-background").daemon().factory());
    private final Thread thread = Thread.ofPlatform().name("view").daemon().unstarted(this::run);
    private final Semaphore wakeUps = new Semaphore(0);
    private final Waiters waiters = new Waiters(this::current, MOST_WAITING);

    private volatile Assembly assembly;
    private volatile Head head = new Head("", 0, 0);
    private volatile Progress progress = new Progress.Starting("bundle");
    private volatile Optional<DocumentStore> store = Optional.empty();
    private volatile boolean storeReachable;
    private volatile boolean closed;
    private volatile Consumer<View> rehearsal = _ -> {};
    private boolean bundleLaid;
    private Optional<Goal> goal = Optional.empty();

    /** The head that stood when we first saw the store, and since when we have been on our way to it. */
    private record Goal(long sequence, long since) {}

    /**
     * @param bundled the bundle's documents, a layer below the store's
     * @param bundledVectors reads vectors of theirs by hash of the model input, each time the bundle is laid
     * @param opener opens the store, tried until it succeeds; empty: there is none
     * @param snapshots where the index is kept between two runs; empty: nowhere
     */
    public Follower(
            RagConfig config,
            Embedder embedder,
            List<SourceDocument> bundled,
            Supplier<Map<String, float[]>> bundledVectors,
            Optional<Supplier<DocumentStore>> opener,
            Optional<Snapshots> snapshots) {
        this.config = config;
        this.embedder = embedder;
        this.bundled = List.copyOf(bundled);
        // Of two with the same id the later hides the earlier, as in the view.
        this.bundledById = bundled.stream()
                .collect(Collectors.toMap(SourceDocument::id, Function.identity(), (_, later) -> later));
        this.bundledVectors = bundledVectors;
        this.opener = opener;
        this.snapshots = snapshots;
        this.pool = new EmbeddingPool(embedder);
        this.reader = new PassageReader(new Chunker(embedder, config.chunking()), pool);
        this.assembly = newAssembly();
        this.housekeeping = new Housekeeping(() -> store, this::current);
    }

    private Assembly newAssembly() {
        return assembly(new Indexer(
                embedder.fingerprint(), embedder.dimension(), config.retrieval().index(), background));
    }

    private Assembly assembly(Indexer indexer) {
        return new Assembly(indexer, reader, new Pipeline(pool), bundledById.keySet(), seen -> head = seen);
    }

    /** Runs this once, with the first whole view and before anybody is told that it is ready. */
    public void beforeReady(Consumer<View> wanted) {
        rehearsal = wanted;
    }

    public void start() {
        thread.start();
    }

    public View current() {
        return assembly.view();
    }

    public Progress progress() {
        return progress;
    }

    public boolean isReady() {
        return progress instanceof Progress.Ready;
    }

    /** The last head that was seen, by the next view where one is being made; what the present one lacks is the difference. */
    public Head head() {
        return head;
    }

    public Optional<DocumentStore> store() {
        return store;
    }

    public boolean hasStore() {
        return opener.isPresent();
    }

    public boolean isStoreReachable() {
        return storeReachable;
    }

    /** A document that the bundle ships, whatever the store says of its id. */
    public Optional<StoredDocument> bundled(String collection, String id) {
        return Optional.ofNullable(bundledById.get(id))
                .filter(_ -> collection.equals(Assembly.BUNDLE_COLLECTION))
                .map(document -> new StoredDocument(collection, document, 0, false));
    }

    /** Says that the store changed; without it the change is seen at the next poll. */
    public void nudge() {
        wakeUps.release();
    }

    /**
     * Completes with a view that shows {@code sequence}; stays open until there is one, or until whoever got it completes it otherwise.
     *
     * @return failed with {@link java.util.concurrent.RejectedExecutionException} where too many wait already
     */
    public CompletableFuture<View> reached(long sequence) {
        CompletableFuture<View> reached = waiters.reached(sequence);
        if (!reached.isDone()) {
            nudge();
        }
        return reached;
    }

    private void run() {
        Duration pause = POLL;
        try {
            while (!closed) {
                try {
                    boolean moved = step();
                    pause = POLL;
                    if (isReady()) {
                        snapshots.ifPresent(kept -> kept.look(current(), assembly.cursor()));
                    }
                    if (!moved) {
                        assembly.settle();
                        rest(POLL);
                    }
                } catch (StoreException e) {
                    lost(e);
                    rest(POLL);
                } catch (RuntimeException | Error e) {
                    stumbled(e);
                    rest(pause);
                    pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void rest(Duration longest) throws InterruptedException {
        if (wakeUps.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS)) {
            wakeUps.drainPermits();
        }
    }

    private void lost(StoreException e) {
        if (storeReachable
                || progress instanceof Progress.Starting starting
                        && !starting.what().equals(e.getMessage())) {
            LOG.warn("{}; what is indexed goes on being served", e.getMessage());
        }
        storeReachable = false;
        if (!isReady()) {
            progress = new Progress.Starting(String.valueOf(e.getMessage()));
        }
    }

    /**
     * What we have goes on being served; the change that we cannot take is tried again, on an index built anew if this one
     * failed at it, and shows as lag until then.
     */
    private void stumbled(Throwable e) {
        if (closed) {
            return;
        }
        LOG.error("indexing stopped at sequence {}, trying again", current().sequence(), e);
        assembly.rewind();
        if (!isReady()) {
            progress = new Progress.Starting(
                    "indexing failed, trying again: " + e.getClass().getSimpleName());
        }
    }

    /** @return whether there may be more to do at once */
    private boolean step() throws InterruptedException {
        if (!bundleLaid) {
            if (assembly.isBroken()) {
                replaceBy(newAssembly());
            }
            if (!resumed()) {
                layBundle(assembly, tried());
            }
            bundleLaid = true;
        }
        if (opener.isEmpty()) {
            if (!isReady()) {
                becomeReady();
            }
            return false;
        }
        DocumentStore open = open();
        Assembly.Step step = assembly.advance(open);
        storeReachable = true;
        waiters.release();
        if (step == Assembly.Step.BROKEN) {
            rebuild(open);
        }
        if (!isReady()) {
            noteProgress();
        }
        return step != Assembly.Step.ABREAST;
    }

    private boolean resumed() {
        Optional<SnapshotFile.Restored> restored = snapshots.flatMap(Snapshots::read);
        restored.ifPresent(found -> {
            Assembly resumed = assembly(Indexer.of(found, config.retrieval().index(), background));
            resumed.resume(found.cursor());
            snapshots.ifPresent(kept -> kept.keeps(resumed.view()));
            replaceBy(resumed);
        });
        return restored.isPresent();
    }

    private void replaceBy(Assembly next) {
        Assembly old = assembly;
        assembly = next;
        old.close();
    }

    private DocumentStore open() {
        if (store.isEmpty()) {
            DocumentStore open = opener.orElseThrow().get();
            open.onChange(this::nudge);
            store = Optional.of(open);
            storeReachable = true;
        }
        return store.get();
    }

    /** Before the bundle is laid: the store may know its vectors, and takes writes meanwhile. It need not be there. */
    private Optional<DocumentStore> tried() {
        try {
            return opener.map(_ -> open());
        } catch (StoreException e) {
            lost(e);
            return Optional.empty();
        }
    }

    private void layBundle(Assembly into, Optional<DocumentStore> open) throws InterruptedException {
        long began = System.nanoTime();
        into.layBundle(bundled, bundledVectors.get(), open.map(DocumentStore::vectors), done -> {
            if (!isReady()) {
                progress = catchingUp(done, bundled.size(), began);
            }
        });
    }

    /** Beside the old view, which is served until the new one has reached the store's head: then they are swapped. */
    private void rebuild(DocumentStore open) throws InterruptedException {
        LOG.info("the store was restored or compacted, or a change could not be taken: indexing anew");
        Assembly fresh = newAssembly();
        boolean done = false;
        try {
            layBundle(fresh, Optional.of(open));
            Assembly.Step step;
            do {
                step = fresh.advance(open);
            } while (step == Assembly.Step.MOVED && !closed);
            done = step == Assembly.Step.ABREAST;
        } finally {
            if (done) {
                replaceBy(fresh);
                waiters.release();
            } else {
                fresh.close();
            }
        }
    }

    private void noteProgress() {
        Goal aim = goal.orElseGet(() -> new Goal(head.sequence(), System.nanoTime()));
        goal = Optional.of(aim);
        long at = current().sequence();
        // A store that was restored meanwhile may never get there.
        if (at >= aim.sequence() || at >= head.sequence()) {
            becomeReady();
        } else {
            progress = catchingUp(at, aim.sequence(), aim.since());
        }
    }

    private static Progress catchingUp(long done, long total, long began) {
        double seconds = (System.nanoTime() - began) / 1e9;
        Optional<Duration> left = done > 0 && seconds > 0.5
                ? Optional.of(Duration.ofMillis((long) (seconds * 1000 / done * (total - done))))
                : Optional.empty();
        return new Progress.CatchingUp(done, total, left);
    }

    private void becomeReady() {
        View view = current();
        try {
            rehearsal.accept(view);
        } catch (RuntimeException e) {
            LOG.warn("the rehearsal broke off: the first answers will be slow", e);
        }
        LOG.info(
                "ready: {} passages of {} documents at sequence {}, {} embedded",
                view.passages().live(),
                view.passages().documents(),
                view.sequence(),
                assembly.embedded());
        progress = new Progress.Ready();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        housekeeping.close();
        pool.close();
        background.shutdownNow();
        if (isReady()) {
            snapshots.ifPresent(kept -> kept.finish(current(), assembly.cursor()));
        }
        snapshots.ifPresent(Snapshots::close);
        assembly.close();
        store.ifPresent(DocumentStore::close);
    }
}
