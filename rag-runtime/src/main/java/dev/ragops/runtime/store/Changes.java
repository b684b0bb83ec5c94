package dev.ragops.runtime.store;

import java.util.List;

/**
 * What happened after a position, read at one moment.
 *
 * @param head of the store at that moment: a reader of another epoch, or behind its compaction, must not put these on top of what it has
 * @param through every change up to this sequence is included
 * @param documents each once, as it was at that moment, in order of sequence
 */
public record Changes(Head head, long through, List<StoredDocument> documents) {
    public Changes {
        documents = List.copyOf(documents);
    }

    /** Whether there was more than fits into one page. */
    public boolean more() {
        return through < head.sequence();
    }
}
