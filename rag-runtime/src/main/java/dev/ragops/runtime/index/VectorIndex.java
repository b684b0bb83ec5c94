package dev.ragops.runtime.index;

/**
 * Finds the vectors nearest to one, over an immutable set of rows, so that search does not care how.
 *
 * <p>Thread-safe and never blocking: any number of threads search at once. Rows carry ordinals (the caller's dense,
 * ascending numbers, not array positions).
 */
public interface VectorIndex {
    int size();

    /**
     * The best accepted rows, best first, ties by ascending ordinal; fewer than {@code k} only when fewer are accepted
     * (an approximate index may still miss some of the nearest).
     *
     * @param unit {@code float[dimension]}, unit length; scores are inner products with it
     */
    ScoredOrdinals search(float[] unit, int k, OrdinalFilter accept);

    /** The exact inner product with one row, for candidates that another leg brought. */
    float score(float[] unit, int ordinal);

    /** Heap held by vectors and links. */
    long memoryBytes();

    /** {@code exact}, {@code hnsw} or {@code segments}, for the effective configuration. */
    String kind();
}
