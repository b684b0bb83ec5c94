package dev.ragops.runtime.store;

import java.util.List;

/**
 * What happened after a sequence number.
 *
 * @param through every change up to this sequence is included
 * @param documents each once, as it was at the time of reading, in order of sequence
 */
public record Changes(long through, List<StoredDocument> documents) {
    public Changes {
        documents = List.copyOf(documents);
    }
}
