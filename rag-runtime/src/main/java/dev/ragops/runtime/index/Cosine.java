package dev.ragops.runtime.index;

/** Similarity of two loose vectors, for callers that have no index. */
public final class Cosine {
    /** What rounding leaves of a length that was made 1. */
    private static final float TOLERANCE = 1e-4f;

    private Cosine() {}

    /** The same direction at length 1; the vector itself when it has it already, or none. */
    public static float[] unit(float[] vector) {
        float square = of(vector, vector);
        if (square == 0 || Math.abs(square - 1) < TOLERANCE) {
            return vector;
        }
        float factor = (float) (1 / Math.sqrt(square));
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = vector[i] * factor;
        }
        return unit;
    }

    /** Inner product of two {@code float[dimension]} of unit length. */
    public static float of(float[] a, float[] b) {
        return Kernel.BEST.dot(a, 0, b, 0, a.length);
    }
}
