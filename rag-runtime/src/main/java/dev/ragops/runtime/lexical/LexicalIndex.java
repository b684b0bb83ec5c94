package dev.ragops.runtime.lexical;

import dev.ragops.runtime.index.OrdinalFilter;
import dev.ragops.runtime.index.ScoredOrdinals;
import java.io.DataOutput;
import java.io.IOException;

/** Ranks passages by their words, at one point in time. Thread-safe; a snapshot that later writes do not change. */
public interface LexicalIndex {
    int size();

    /**
     * The best accepted passages by BM25, best first, ties by ascending ordinal. Passages that share no word with the
     * question are not returned; operators in the question have no meaning.
     */
    ScoredOrdinals search(String question, int k, OrdinalFilter accept);

    long memoryBytes();

    /** Whether it lies in one piece, as {@link LuceneLexicalWriter#merge} makes it: each piece is a cost of its own for every word of every question. */
    boolean isWhole();

    /** The words as bytes, which {@link LuceneLexicalWriter#read} takes back. */
    void write(DataOutput out) throws IOException;
}
