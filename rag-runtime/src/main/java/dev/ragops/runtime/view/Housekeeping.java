package dev.ragops.runtime.view;

import dev.ragops.runtime.search.Passage;
import dev.ragops.runtime.search.View;
import dev.ragops.runtime.store.Contents;
import dev.ragops.runtime.store.DocumentStore;
import dev.ragops.runtime.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a store from growing without end, beside everything else: what it leaves undone it does an hour later. */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration EVERY = Duration.ofHours(1);
    private static final Duration TOUCH_EVERY = Duration.ofDays(1);
    /** A pod that was away for longer builds its index anew; a tombstone costs some hundred bytes. */
    private static final Duration TOMBSTONES_KEPT = Duration.ofDays(7);
    /** A rollback to an embedder of a month ago costs no embedding; 1.5 KiB a passage. */
    private static final Duration VECTORS_KEPT = Duration.ofDays(30);

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("store-upkeep").daemon().factory());
    private final Supplier<Optional<DocumentStore>> store;

    Housekeeping(Supplier<Optional<DocumentStore>> store, Supplier<View> view) {
        this.store = store;
        schedule(EVERY, open -> open.upkeep().runOncePer(EVERY, TOMBSTONES_KEPT, VECTORS_KEPT));
        schedule(TOUCH_EVERY, open -> touch(open, view.get()));
    }

    private void schedule(Duration every, Consumer<DocumentStore> work) {
        // First after an hour: a start has better things to do, and what it read last time is not old yet.
        thread.scheduleAtFixedRate(
                () -> {
                    try {
                        store.get().ifPresent(work);
                    } catch (StoreException e) {
                        LOG.info("upkeep of the document store has to wait: {}", e.getMessage());
                    }
                },
                EVERY.toMillis(),
                every.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** The vectors of everything that is indexed are in use, however long ago they were read. */
    static void touch(DocumentStore store, View view) {
        List<String> hashes = view.passages()
                .all()
                .map(Passage::modelInput)
                .map(Contents::inputHash)
                .toList();
        store.vectors().touch(view.fingerprint(), hashes);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
