package dev.ragops.runtime.index;

import java.util.Arrays;
import java.util.List;

/**
 * Vectors by ordinal, in fp32 and in 7-bit integers, in blocks that snapshots share: appending copies no vector. Row
 * {@code i} is ordinal {@code i}. Immutable for readers; only the newest snapshot may be appended to, by one thread.
 */
public final class VectorRows {
    /** Rows a block: 1.5 MB of floats at 384 dimensions. */
    static final int BLOCK = 1024;

    private static final int SHIFT = 10;
    private static final int MASK = BLOCK - 1;
    /** The largest quantised value; see {@link Kernel#dot(short[], byte[], int, int)}. */
    private static final int LEVELS = 63;

    private final int dimension;
    private final int size;
    private final float[][] floats;
    private final byte[][] bytes;
    private final float[][] scales;
    private final float largestScale;

    private VectorRows(
            int dimension, int size, float[][] floats, byte[][] bytes, float[][] scales, float largestScale) {
        this.dimension = dimension;
        this.size = size;
        this.floats = floats;
        this.bytes = bytes;
        this.scales = scales;
        this.largestScale = largestScale;
    }

    public static VectorRows empty(int dimension) {
        return new VectorRows(dimension, 0, new float[0][], new byte[0][], new float[0][], 0);
    }

    /**
     * @param vectors each {@code float[dimension]}; copied, at unit length: scores are cosines whatever a model gives
     */
    public VectorRows append(List<float[]> vectors) {
        int newSize = size + vectors.size();
        int blocks = (newSize + BLOCK - 1) >> SHIFT;
        float[][] newFloats = Arrays.copyOf(floats, blocks);
        byte[][] newBytes = Arrays.copyOf(bytes, blocks);
        float[][] newScales = Arrays.copyOf(scales, blocks);
        for (int b = floats.length; b < blocks; b++) {
            newFloats[b] = new float[BLOCK * dimension];
            newBytes[b] = new byte[BLOCK * dimension];
            newScales[b] = new float[BLOCK];
        }
        int row = size;
        float largest = largestScale;
        for (float[] vector : vectors) {
            if (vector.length != dimension) {
                throw new IllegalArgumentException(
                        "a vector of " + vector.length + " numbers among vectors of " + dimension);
            }
            int from = (row & MASK) * dimension;
            float[] unit = Cosine.unit(vector);
            System.arraycopy(unit, 0, newFloats[row >> SHIFT], from, dimension);
            float scale = quantise(unit, newBytes[row >> SHIFT], from);
            newScales[row >> SHIFT][row & MASK] = scale;
            largest = Math.max(largest, scale);
            row++;
        }
        return new VectorRows(dimension, newSize, newFloats, newBytes, newScales, largest);
    }

    /** A question in the form {@link #approximate} wants. */
    static short[] widened(float[] unit) {
        byte[] narrow = new byte[unit.length];
        quantise(unit, narrow, 0);
        short[] wide = new short[unit.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = narrow[i];
        }
        return wide;
    }

    /** The factor that turns the integers of a vector back. */
    static float scaleOf(float[] vector) {
        float max = 0;
        for (float x : vector) {
            max = Math.max(max, Math.abs(x));
        }
        return max / LEVELS;
    }

    /** @return the factor that turns the integers back */
    static float quantise(float[] vector, byte[] out, int from) {
        float scale = scaleOf(vector);
        float factor = scale == 0 ? 0 : 1 / scale;
        for (int i = 0; i < vector.length; i++) {
            out[from + i] = (byte) Math.round(vector[i] * factor);
        }
        return scale;
    }

    public int size() {
        return size;
    }

    public int dimension() {
        return dimension;
    }

    /** The fp32 inner product. */
    public float dot(float[] unit, int row) {
        return Kernel.BEST.dot(unit, 0, floats[row >> SHIFT], (row & MASK) * dimension, dimension);
    }

    /** Where row {@code row} lies: {@code dimension} floats from {@link #offset} on. Not to be written. */
    float[] block(int row) {
        return floats[row >> SHIFT];
    }

    int offset(int row) {
        return (row & MASK) * dimension;
    }

    /** The fp32 inner product of two rows. */
    float dot(int a, int b) {
        return Kernel.BEST.dot(
                floats[a >> SHIFT], (a & MASK) * dimension, floats[b >> SHIFT], (b & MASK) * dimension, dimension);
    }

    /** The approximate inner product with a quantised vector, up to that vector's own factor. */
    float approximate(short[] query, int row) {
        int block = row >> SHIFT;
        return Kernel.BEST.dot(query, bytes[block], (row & MASK) * dimension, dimension) * scales[block][row & MASK];
    }

    /** The factor that turns a row's integers back. */
    float scale(int row) {
        return scales[row >> SHIFT][row & MASK];
    }

    /** The largest of these factors: the coarsest that any row was rounded. */
    float largestScale() {
        return largestScale;
    }

    /** Equal for rows of equal integers. */
    int contentHash(int row) {
        byte[] block = bytes[row >> SHIFT];
        int from = (row & MASK) * dimension;
        int hash = 1;
        for (int i = from; i < from + dimension; i++) {
            hash = 31 * hash + block[i];
        }
        return hash;
    }

    boolean equal(int a, int b) {
        int x = (a & MASK) * dimension;
        int y = (b & MASK) * dimension;
        return Arrays.equals(floats[a >> SHIFT], x, x + dimension, floats[b >> SHIFT], y, y + dimension);
    }

    /** A row's integers as {@link #approximate} wants a question. */
    void widen(int row, short[] out) {
        byte[] block = bytes[row >> SHIFT];
        int from = (row & MASK) * dimension;
        for (int i = 0; i < dimension; i++) {
            out[i] = block[from + i];
        }
    }

    /** Reads every {@code step}-th byte of a row's integers, to have them fetched. @return anything */
    int touch(int row, int step) {
        byte[] block = bytes[row >> SHIFT];
        int from = (row & MASK) * dimension;
        int sum = 0;
        for (int i = from; i < from + dimension; i += step) {
            sum += block[i];
        }
        return sum;
    }

    /** A copy of one vector. */
    public float[] vector(int row) {
        int from = (row & MASK) * dimension;
        return Arrays.copyOfRange(floats[row >> SHIFT], from, from + dimension);
    }

    public long memoryBytes() {
        return (long) floats.length * BLOCK * (dimension * 5L + 4);
    }
}
