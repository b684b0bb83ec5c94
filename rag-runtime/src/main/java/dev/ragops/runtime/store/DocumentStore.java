package dev.ragops.runtime.store;

import dev.ragops.runtime.bundle.SourceDocument;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
     * Changes after {@code sequence}, whole writes only.
     *
     * @param limit documents to aim at; a write is never cut in two
     */
    Changes changesAfter(long sequence, int limit);

    /** Cached vectors by SHA-256 (hex) of the exact model input. */
    Map<String, float[]> vectors(String fingerprint, Collection<String> inputHashes);

    void putVectors(String fingerprint, Map<String, float[]> vectors);

    /** Forgets tombstones up to {@code through}; readers behind it rebuild. */
    void compact(long through);

    @Override
    void close();
}
