package dev.ragops.runtime.index;

/** A graph over a fixed range of rows. Immutable; searched without locks. */
interface GraphSegment {
    /**
     * Accepted rows at or below this many are scanned instead.
     */
    int SCAN_BELOW = 10_000;

    /** First row. */
    int from();

    /** Behind the last row. */
    int to();

    /** The best accepted rows it finds, scores in fp32. */
    ScoredOrdinals search(float[] unit, int k, OrdinalFilter accept);

    /** Heap held by links; the vectors are counted where they are. */
    long memoryBytes();
}
