package dev.ragops.runtime.index;

/** A graph over a fixed range of rows. Immutable; searched without locks. */
interface GraphSegment {
    /** First row. */
    int from();

    /** Behind the last row. */
    int to();

    /** The best accepted rows, scores in fp32; fewer than {@code k} when a walk has met too few of them to be sure. */
    ScoredOrdinals search(float[] unit, int k, OrdinalFilter accept);

    /** Heap held by links; the vectors are counted where they are. */
    long memoryBytes();
}
