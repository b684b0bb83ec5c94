package dev.ragops.runtime.bundle;

import java.util.Map;

/**
 * A document as people hand it over.
 *
 * @param metadata values are String, Number, Boolean, or a List of those
 */
public record SourceDocument(String id, String title, String text, Map<String, Object> metadata) {
    public SourceDocument {
        metadata = Map.copyOf(metadata);
    }
}
