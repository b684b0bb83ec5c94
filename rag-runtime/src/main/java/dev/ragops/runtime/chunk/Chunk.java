package dev.ragops.runtime.chunk;

/**
 * A stretch of a document.
 *
 * @param index 0, 1, … within the document
 * @param start UTF-16 offset into the document's text, inclusive
 * @param end exclusive; {@code text} is exactly {@code document.substring(start, end)}
 */
public record Chunk(int index, int start, int end, String text) {}
