package dev.ragops.runtime.index;

import java.util.Arrays;

/** What one walk through a graph needs and the next one can use again: marks, a queue, the best so far. */
final class HnswScratch {
    private final int[] mark;
    private int epoch;
    /** Max-heap of candidates still to expand. */
    private long[] queue = new long[256];

    private int queued;
    private TopK best = new TopK(0);
    private int[] kept = new int[0];

    HnswScratch(int nodes) {
        mark = new int[nodes];
    }

    void reset() {
        if (++epoch == 0) {
            Arrays.fill(mark, 0);
            epoch = 1;
        }
        queued = 0;
    }

    void begin(int width) {
        best = new TopK(width);
    }

    /** True the first time. */
    boolean visit(int node) {
        if (mark[node] == epoch) {
            return false;
        }
        mark[node] = epoch;
        return true;
    }

    float bar() {
        return best.bar();
    }

    void keep(float score, int node) {
        best.offer(score, node);
    }

    /** Nodes, best first. */
    int[] drainBest() {
        long[] keys = best.drain();
        int[] nodes = new int[keys.length];
        for (int i = 0; i < keys.length; i++) {
            nodes[i] = TopK.ordinal(keys[i]);
        }
        return nodes;
    }

    int[] kept(int limit) {
        if (kept.length < limit) {
            kept = new int[limit];
        }
        return kept;
    }

    boolean hasCandidates() {
        return queued > 0;
    }

    void push(float score, int node) {
        if (queued == queue.length) {
            queue = Arrays.copyOf(queue, queued * 2);
        }
        long key = TopK.key(score, node);
        int i = queued++;
        while (i > 0) {
            int parent = (i - 1) >>> 1;
            if (queue[parent] >= key) {
                break;
            }
            queue[i] = queue[parent];
            i = parent;
        }
        queue[i] = key;
    }

    long pop() {
        long top = queue[0];
        long key = queue[--queued];
        int i = 0;
        int half = queued >>> 1;
        while (i < half) {
            int child = 2 * i + 1;
            if (child + 1 < queued && queue[child + 1] > queue[child]) {
                child++;
            }
            if (key >= queue[child]) {
                break;
            }
            queue[i] = queue[child];
            i = child;
        }
        queue[i] = key;
        return top;
    }
}
