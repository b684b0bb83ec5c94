package dev.ragops.runtime.view;

import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.chunk.Chunker;
import dev.ragops.runtime.config.RagConfig;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.search.DocumentKey;
import dev.ragops.runtime.search.Indexer;
import dev.ragops.runtime.search.View;
import dev.ragops.runtime.search.ViewChange;
import dev.ragops.runtime.search.ViewChange.EmbeddedDocument;
import dev.ragops.runtime.store.Changes;
import dev.ragops.runtime.store.DocumentStore;
import dev.ragops.runtime.store.Head;
import dev.ragops.runtime.store.StoreException;
import dev.ragops.runtime.store.StoredDocument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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
    private static final int PAGE = 64;
    private static final String BUNDLE_COLLECTION = "default";

    private final RagConfig config;
    private final Embedder embedder;
    private final List<SourceDocument> bundled;
    private final Optional<Supplier<DocumentStore>> opener;
    private final PassageVectors vectors;
    private final DocumentReader reader;
    private final ExecutorService background = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("index-background").daemon().factory());
    private final Thread thread = Thread.ofPlatform().name("view").daemon().unstarted(this::run);
    private final Semaphore wakeUps = new Semaphore(0);
    private final ConcurrentSkipListMap<Long, CompletableFuture<View>> waiting = new ConcurrentSkipListMap<>();

    private volatile Indexer indexer;
    private volatile Progress progress = new Progress.Starting("bundle");
    private volatile Optional<DocumentStore> store = Optional.empty();
    private volatile Head head = new Head("", 0, 0);
    private volatile boolean storeReachable;
    private volatile boolean closed;
    private volatile Consumer<View> rehearsal = _ -> {};
    private String epoch = "";

    /**
     * @param bundled the bundle's documents, a layer below the store's
     * @param bundledVectors by hash of the model input
     * @param opener opens the store, tried until it succeeds; empty: there is none
     */
    public Follower(
            RagConfig config,
            Embedder embedder,
            List<SourceDocument> bundled,
            Map<String, float[]> bundledVectors,
            Optional<Supplier<DocumentStore>> opener) {
        this.config = config;
        this.embedder = embedder;
        this.bundled = List.copyOf(bundled);
        this.opener = opener;
        this.vectors = new PassageVectors(embedder, bundledVectors);
        this.reader = new DocumentReader(new Chunker(embedder.tokenizer(), config.chunking()), vectors);
        this.indexer = newIndexer();
    }

    private Indexer newIndexer() {
        return new Indexer(
                embedder.fingerprint(), embedder.dimension(), config.retrieval().index(), background);
    }

    /** Runs this once, with the first whole view and before anybody is told that it is ready. */
    public void beforeReady(Consumer<View> wanted) {
        rehearsal = wanted;
    }

    public void start() {
        thread.start();
    }

    public View current() {
        return indexer.current();
    }

    public Progress progress() {
        return progress;
    }

    public boolean isReady() {
        return progress instanceof Progress.Ready;
    }

    /** The last head that was seen; what the view lacks is the difference. */
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

    /** Says that the store changed; without it the change is seen at the next poll. */
    public void nudge() {
        wakeUps.release();
    }

    /** Completes with a view that shows {@code sequence}; stays open until there is one. */
    public CompletableFuture<View> reached(long sequence) {
        View view = current();
        if (view.sequence() >= sequence) {
            return CompletableFuture.completedFuture(view);
        }
        CompletableFuture<View> future = waiting.computeIfAbsent(sequence, s -> new CompletableFuture<>());
        // The view may have passed by between the look and the entry.
        release(current());
        nudge();
        return future.copy();
    }

    private void release(View view) {
        Map<Long, CompletableFuture<View>> passed = waiting.headMap(view.sequence(), true);
        passed.forEach((sequence, future) -> future.complete(view));
        passed.keySet().forEach(waiting::remove);
    }

    private void run() {
        try {
            layBundle(indexer);
            if (opener.isEmpty()) {
                becomeReady();
                return;
            }
            long startedAt = System.nanoTime();
            Optional<Long> goal = Optional.empty();
            while (!closed) {
                try {
                    DocumentStore open = open();
                    if (goal.isEmpty()) {
                        head = open.head();
                        goal = Optional.of(head.sequence());
                    }
                    boolean more = follow(open);
                    storeReachable = true;
                    if (!isReady()) {
                        noteProgress(goal.get(), startedAt);
                    }
                    if (more) {
                        continue;
                    }
                } catch (StoreException e) {
                    if (storeReachable || !isReady()) {
                        LOG.warn("{}; what is indexed goes on being served", e.getMessage());
                    }
                    storeReachable = false;
                }
                if (wakeUps.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                    wakeUps.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            LOG.error("indexing ended", e);
            progress = new Progress.Starting("failed: " + e.getMessage());
        }
    }

    private DocumentStore open() {
        DocumentStore open = store.orElseGet(() -> opener.orElseThrow().get());
        store = Optional.of(open);
        return open;
    }

    private void layBundle(Indexer into) {
        long began = System.nanoTime();
        for (int from = 0; from < bundled.size() && !closed; from += PAGE) {
            List<SourceDocument> page = bundled.subList(from, Math.min(from + PAGE, bundled.size()));
            into.apply(new ViewChange(0, reader.read(BUNDLE_COLLECTION, page, store), Set.of()));
            if (!isReady()) {
                progress = catchingUp(from + page.size(), bundled.size(), began);
            }
        }
        vectors.forgetBundled();
    }

    /** Takes one page of changes; true when there may be more. */
    private boolean follow(DocumentStore open) {
        Head now = open.head();
        if (!now.epoch().equals(epoch) || now.compactedThrough() > current().sequence()) {
            boolean first = epoch.isEmpty();
            epoch = now.epoch();
            if (!first) {
                LOG.info("the store was restored or compacted: indexing anew");
                Indexer fresh = newIndexer();
                layBundle(fresh);
                catchUp(open, fresh, now.sequence());
                Indexer old = indexer;
                indexer = fresh;
                old.close();
                head = now;
                release(current());
                return true;
            }
        }
        head = now;
        if (now.sequence() <= current().sequence()) {
            return false;
        }
        release(take(open, indexer));
        return true;
    }

    private void catchUp(DocumentStore open, Indexer into, long goal) {
        while (into.current().sequence() < goal && !closed) {
            take(open, into);
        }
    }

    private View take(DocumentStore open, Indexer into) {
        Changes changes = open.changesAfter(into.current().sequence(), PAGE);
        Set<DocumentKey> deletes = new HashSet<>();
        List<EmbeddedDocument> upserts = new ArrayList<>();
        Map<String, List<SourceDocument>> live = changes.documents().stream()
                .filter(document -> !document.deleted())
                .collect(Collectors.groupingBy(
                        StoredDocument::collection, Collectors.mapping(StoredDocument::document, Collectors.toList())));
        live.forEach((collection, documents) -> upserts.addAll(reader.read(collection, documents, store)));
        changes.documents().stream()
                .filter(StoredDocument::deleted)
                .forEach(document -> deletes.add(new DocumentKey(
                        document.collection(), document.document().id())));
        return into.apply(new ViewChange(changes.through(), upserts, deletes));
    }

    private void noteProgress(long goal, long startedAt) {
        long at = current().sequence();
        if (at >= goal) {
            becomeReady();
        } else {
            progress = catchingUp(at, goal, startedAt);
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
                vectors.embedded());
        progress = new Progress.Ready();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        background.shutdownNow();
        indexer.close();
        store.ifPresent(DocumentStore::close);
    }
}
