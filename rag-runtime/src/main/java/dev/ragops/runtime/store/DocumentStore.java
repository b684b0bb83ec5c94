package dev.ragops.runtime.store;

import dev.ragops.runtime.bundle.SourceDocument;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Documents of one store, in commit order without gaps. Every method may throw {@link StoreException}; a write that returned is durable.
 * Thread-safe, and safe for any number of processes.
 */
public interface DocumentStore extends AutoCloseable {
    /** {@code sqlite} or {@code postgres}. */
    String kind();

    Head head();

    /** Adds or replaces documents by id, all or none. Content that is there already changes nothing. */
    WriteResult upsert(String collection, List<SourceDocument> documents);

    WriteResult delete(String collection, String id);

    Optional<StoredDocument> get(String collection, String id);

    /**
     * Documents of a collection that are there, by id in the database's own order. Texts stay in the database.
     *
     * @param after ids greater than this one; empty: from the first
     */
    List<ListedDocument> list(String collection, String after, int limit);

    /**
     * Of these documents those that are there, in the order of {@link #list}.
     *
     * @param characters of each text, from its beginning, that leave the database
     */
    List<Excerpt> excerpts(String collection, Collection<String> ids, int characters);

    /** Collections that hold a document, with how many, by name. */
    SortedMap<String, Long> collections();

    /**
     * Changes after {@code position}, whole writes only. A reader that is ahead of the store proves that the store was restored from an
     * older copy: it then has a new epoch, for every reader.
     *
     * @param limit documents to aim at; fewer when they are large, and a write is never cut in two
     */
    Changes changesAfter(Position position, int limit);

    /**
     * Remembers for good that a bundle ships documents of these ids: their tombstones are never forgotten, so that the documents stay hidden when that
     * bundle is served again after others.
     */
    void rememberBundled(String collection, Collection<String> ids);

    /** Keeps the tombstones that there are of these ids also from runtimes of the version before, which remember no bundle. */
    void keepTombstones(String collection, Collection<String> ids);

    /** Runs {@code hint} soon after somebody wrote. It may never come: polling is what a reader relies on. */
    void onChange(Runnable hint);

    VectorCache vectors();

    Upkeep upkeep();

    @Override
    void close();
}
