package dev.ragops.runtime.view;

import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.search.Indexer;
import dev.ragops.runtime.search.SnapshotFile.Cursor;
import dev.ragops.runtime.search.View;
import dev.ragops.runtime.store.Changes;
import dev.ragops.runtime.store.DocumentStore;
import dev.ragops.runtime.store.Head;
import dev.ragops.runtime.store.Position;
import dev.ragops.runtime.store.StoredDocument;
import dev.ragops.runtime.store.VectorCache;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/**
 * One index being put together: the bundle's documents first, then the changes of a store in their order. It knows what it was built from, and so whether
 * the next changes may be put on top of it.
 */
final class Assembly implements AutoCloseable {
    static final String BUNDLE_COLLECTION = "default";
    private static final int PAGE = 64;

    enum Step {
        /** A change came in. */
        MOVED,
        /** There is nothing new. */
        ABREAST,
        /**
         * The store is another one, or has forgotten deletions that this index has not seen, or the index failed at a change and may hold half of it: it
         * must be built anew.
         */
        BROKEN
    }

    private final Indexer indexer;
    private final PassageReader reader;
    private final Pipeline pipeline;
    private final Set<String> bundledIds;
    private final Consumer<Head> heads;
    /** Where reading stands: ahead of the index by what is in the pipeline. */
    private Position read = Position.START;
    /** What the store had already forgotten when this began: none of that can be in here. */
    private long forgottenBefore;

    private boolean bundleRemembered;
    private boolean broken;
    private long embedded;

    /** @param heads told where the store stands, each time it is read */
    Assembly(Indexer indexer, PassageReader reader, Pipeline pipeline, Set<String> bundledIds, Consumer<Head> heads) {
        this.indexer = indexer;
        this.reader = reader;
        this.pipeline = pipeline;
        this.bundledIds = bundledIds;
        this.heads = heads;
    }

    /** Goes on from an index that was read back instead of laid. */
    void resume(Cursor cursor) {
        forgottenBefore = cursor.forgottenBefore();
        read = cursor.epoch().isEmpty() ? Position.START : new Position(cursor.epoch(), view().sequence());
    }

    /** What a later process needs to know to go on from {@link #view}. */
    Cursor cursor() {
        return new Cursor(read.epoch(), forgottenBefore);
    }

    View view() {
        return indexer.current();
    }

    /** How many passages this process had to embed for it. */
    long embedded() {
        return embedded;
    }

    /** Whether nothing more can be put on top of it. */
    boolean isBroken() {
        return broken;
    }

    /** @param done told how many documents are in, as it goes */
    void layBundle(
            List<SourceDocument> documents, Map<String, float[]> vectors, Optional<VectorCache> cache, IntConsumer done)
            throws InterruptedException {
        int[] from = {0};
        int applied = 0;
        while (true) {
            Optional<PendingChange> next = pipeline.next(() -> {
                List<StoredDocument> page = documents.stream()
                        .skip(from[0])
                        .limit(PAGE)
                        .map(document -> new StoredDocument(BUNDLE_COLLECTION, document, 0, false))
                        .toList();
                from[0] += page.size();
                return page.isEmpty() ? Optional.empty() : Optional.of(reader.begin(0, page, vectors, cache));
            });
            if (next.isEmpty()) {
                return;
            }
            apply(next.get());
            applied += next.get().upserts().size();
            done.accept(applied);
        }
    }

    /** Takes one page of changes. */
    Step advance(DocumentStore store) throws InterruptedException {
        if (broken) {
            return Step.BROKEN;
        }
        Optional<PendingChange> next = pipeline.next(() -> read(store));
        if (broken) {
            return Step.BROKEN;
        }
        next.ifPresent(this::apply);
        return next.isPresent() ? Step.MOVED : Step.ABREAST;
    }

    private void apply(PendingChange change) {
        broken = true;
        indexer.apply(change.change());
        // It did not throw.
        broken = false;
        embedded += change.vectors().embedded();
    }

    private Optional<PendingChange> read(DocumentStore store) {
        if (!bundleRemembered) {
            store.rememberBundled(BUNDLE_COLLECTION, bundledIds);
            bundleRemembered = true;
        }
        Changes changes = store.changesAfter(read, PAGE);
        Head head = changes.head();
        heads.accept(head);
        if (read.epoch().isEmpty()) {
            read = new Position(head.epoch(), 0);
            forgottenBefore = head.compactedThrough();
        }
        broken = !continues(head);
        if (broken || changes.through() == read.sequence()) {
            return Optional.empty();
        }
        List<String> hiding = changes.documents().stream()
                .filter(document -> document.deleted() && document.collection().equals(BUNDLE_COLLECTION))
                .map(document -> document.document().id())
                .filter(bundledIds::contains)
                .collect(Collectors.toList());
        if (!hiding.isEmpty()) {
            store.keepTombstones(BUNDLE_COLLECTION, hiding);
        }
        PendingChange begun =
                reader.begin(changes.through(), changes.documents(), Map.of(), Optional.of(store.vectors()));
        read = new Position(read.epoch(), changes.through());
        return Optional.of(begun);
    }

    /** Whether every change since we last read is still to be had: the same history, and no deletion in it forgotten. */
    private boolean continues(Head now) {
        return now.epoch().equals(read.epoch())
                && now.sequence() >= read.sequence()
                && now.compactedThrough() <= Math.max(forgottenBefore, read.sequence());
    }

    /** Nothing new is known: a good time to put things in order. */
    void settle() {
        indexer.settle();
    }

    /** After a failure: reads again from where the index stands. */
    void rewind() {
        pipeline.clear();
        read = read.epoch().isEmpty() ? Position.START : new Position(read.epoch(), view().sequence());
    }

    @Override
    public void close() {
        indexer.close();
    }
}
