package dev.ragops.runtime.index;

import java.util.Arrays;

/**
 * The best {@code k} of a stream of scored ordinals, without boxing. Score and ordinal share a long whose order is
 * theirs: higher score first, then lower ordinal.
 */
final class TopK {
    private final long[] heap;
    private int size;

    TopK(int k) {
        heap = new long[k];
    }

    static long key(float score, int ordinal) {
        int bits = Float.floatToIntBits(score);
        int sortable = bits ^ ((bits >> 31) & 0x7fffffff);
        return ((long) sortable << 32) | (Integer.MAX_VALUE - ordinal);
    }

    static int ordinal(long key) {
        return Integer.MAX_VALUE - (int) key;
    }

    static float score(long key) {
        int sortable = (int) (key >> 32);
        return Float.intBitsToFloat(sortable ^ ((sortable >> 31) & 0x7fffffff));
    }

    /** Below this score nothing can enter. */
    float bar() {
        if (size < heap.length) {
            return Float.NEGATIVE_INFINITY;
        }
        return size == 0 ? Float.POSITIVE_INFINITY : score(heap[0]);
    }

    void offer(float score, int ordinal) {
        if (heap.length == 0) {
            return;
        }
        long key = key(score, ordinal);
        if (size < heap.length) {
            heap[size++] = key;
            siftUp(size - 1);
        } else if (key > heap[0]) {
            heap[0] = key;
            siftDown();
        }
    }

    int size() {
        return size;
    }

    /** Keys, best first; the heap is spent. */
    long[] drain() {
        long[] keys = Arrays.copyOf(heap, size);
        Arrays.sort(keys);
        for (int i = 0, j = keys.length - 1; i < j; i++, j--) {
            long swap = keys[i];
            keys[i] = keys[j];
            keys[j] = swap;
        }
        return keys;
    }

    ScoredOrdinals toHits() {
        long[] keys = drain();
        int[] ordinals = new int[keys.length];
        float[] scores = new float[keys.length];
        for (int i = 0; i < keys.length; i++) {
            ordinals[i] = ordinal(keys[i]);
            scores[i] = score(keys[i]);
        }
        return new ScoredOrdinals(ordinals, scores);
    }

    private void siftUp(int from) {
        int i = from;
        long key = heap[i];
        while (i > 0) {
            int parent = (i - 1) >>> 1;
            if (heap[parent] <= key) {
                break;
            }
            heap[i] = heap[parent];
            i = parent;
        }
        heap[i] = key;
    }

    private void siftDown() {
        int i = 0;
        long key = heap[0];
        int half = size >>> 1;
        while (i < half) {
            int child = 2 * i + 1;
            if (child + 1 < size && heap[child + 1] < heap[child]) {
                child++;
            }
            if (key <= heap[child]) {
                break;
            }
            heap[i] = heap[child];
            i = child;
        }
        heap[i] = key;
    }
}
