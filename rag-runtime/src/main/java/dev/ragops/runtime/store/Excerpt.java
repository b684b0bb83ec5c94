package dev.ragops.runtime.store;

/**
 * A document with the beginning of its text, both of one moment.
 *
 * @param text as many characters as were asked for, or all there are
 */
public record Excerpt(ListedDocument document, String text) {
    /** Whether the text goes on. */
    public boolean cut() {
        return text.codePointCount(0, text.length()) < document.characters();
    }
}
