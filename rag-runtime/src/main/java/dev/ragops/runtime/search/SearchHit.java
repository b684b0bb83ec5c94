package dev.ragops.runtime.search;

import java.util.OptionalDouble;

/**
 * A passage found, with what each part said about it.
 *
 * @param score the final one, by which hits are ordered; with convex fusion 1 is the best a
 *     passage can be for its question, and one far below the candidates may be negative
 * @param dense cosine with the question, when the dense leg ran and returned it
 * @param lexical BM25, when the lexical leg ran and returned it
 * @param rerank cosine of the best sentence, when re-ranked
 */
public record SearchHit(
        Passage passage, double score, OptionalDouble dense, OptionalDouble lexical, OptionalDouble rerank) {}
