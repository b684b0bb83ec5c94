package dev.ragops.runtime.index;

/** Similarity of two loose vectors, for callers that have no index. */
public final class Cosine {
    private Cosine() {}

    /** Inner product of two {@code float[dimension]} of unit length. */
    public static float of(float[] a, float[] b) {
        return Kernel.BEST.dot(a, 0, b, 0, a.length);
    }
}
