package dev.ragops.runtime.search;

import dev.ragops.runtime.index.VectorIndex;
import dev.ragops.runtime.lexical.LexicalIndex;

/**
 * All that one query reads: an index at a sequence number of the document store. Immutable; swapped by one reference.
 *
 * @param fingerprint of the embedder whose vectors it holds; another embedder's questions are refused
 */
public record View(long sequence, String fingerprint, Passages passages, VectorIndex dense, LexicalIndex lexical) {}
