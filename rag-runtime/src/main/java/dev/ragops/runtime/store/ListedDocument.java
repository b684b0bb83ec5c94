package dev.ragops.runtime.store;

import java.util.Map;

/**
 * A document as a listing shows it: without its text, which may be millions of characters.
 *
 * @param metadata values are String, Number, Boolean, or a List of those
 * @param sequence of the write that made it so
 * @param characters of its text, in code points as both databases count them
 */
public record ListedDocument(String id, String title, Map<String, Object> metadata, long sequence, long characters) {
    public ListedDocument {
        metadata = Map.copyOf(metadata);
    }
}
