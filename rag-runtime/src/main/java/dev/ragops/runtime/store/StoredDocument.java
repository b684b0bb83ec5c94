package dev.ragops.runtime.store;

import dev.ragops.runtime.bundle.SourceDocument;

/**
 * A document or the mark that it was deleted.
 *
 * @param sequence of the write that made it so
 * @param deleted then only collection and id mean anything
 */
public record StoredDocument(String collection, SourceDocument document, long sequence, boolean deleted) {}
