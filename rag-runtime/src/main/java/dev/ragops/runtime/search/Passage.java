package dev.ragops.runtime.search;

import java.util.Map;

/**
 * What a search returns: a chunk with all that an answer tells about it.
 *
 * @param start UTF-16 offset of {@code text} in the document's text
 * @param metadata of the document; values are String, Number, Boolean, or a List of those
 */
public record Passage(
        String collection,
        String documentId,
        int chunk,
        int start,
        int end,
        String title,
        String text,
        Map<String, Object> metadata) {
    /** Characters of a title that the model sees. */
    private static final int TITLE = 200;

    public Passage {
        metadata = Map.copyOf(metadata);
    }

    /** The exact text that is embedded and that keys the vector cache. */
    public String modelInput() {
        return modelInput(title, text);
    }

    /** The exact text that is embedded for a chunk of a document of that title. */
    public static String modelInput(String title, String text) {
        return title.isBlank() ? text : title.substring(0, shown(title)) + "\n" + text;
    }

    /** A longer title would leave no room for the text: its beginning says what the document is about. */
    private static int shown(String title) {
        if (title.length() <= TITLE) {
            return title.length();
        }
        return Character.isHighSurrogate(title.charAt(TITLE - 1)) ? TITLE - 1 : TITLE;
    }
}
