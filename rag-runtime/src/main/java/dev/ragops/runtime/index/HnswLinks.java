package dev.ragops.runtime.index;

import java.util.Arrays;

/**
 * Who neighbours whom, on every level of a graph, in flat arrays: no object or box a step. Written by one
 * {@link HnswBuilder}, read by any number of searches afterwards.
 */
final class HnswLinks {
    private static final int[] NO_UPPER_LEVEL = new int[0];

    /** Neighbours a node keeps on upper levels; twice as many on level 0 (M in the paper). */
    private final int perNode;

    private final int stride;
    /** Level 0: node i has {@code base[i * stride]} neighbours, which follow. */
    private final int[] base;
    /** Levels above: per node {@code level * (perNode + 1)} numbers of the same form. */
    private final int[][] upper;

    private int entry = -1;
    private int topLevel = -1;

    HnswLinks(int size, int perNode) {
        this.perNode = perNode;
        this.stride = perNode * 2 + 1;
        this.base = new int[Math.multiplyExact(size, stride)];
        this.upper = new int[size][];
        Arrays.fill(upper, NO_UPPER_LEVEL);
    }

    int size() {
        return upper.length;
    }

    int perNode() {
        return perNode;
    }

    int capacity(int level) {
        return level == 0 ? perNode * 2 : perNode;
    }

    /** Where every search begins; negative while the graph is empty. */
    int entry() {
        return entry;
    }

    int topLevel() {
        return topLevel;
    }

    void enterAt(int node, int level) {
        entry = node;
        topLevel = level;
    }

    /** The highest level a node stands on. */
    int level(int node) {
        return upper[node].length / (perNode + 1);
    }

    void raise(int node, int level) {
        if (level > 0) {
            upper[node] = new int[level * (perNode + 1)];
        }
    }

    /** The array that holds a node's neighbours on a level: a count at {@link #offset}, then as many nodes. */
    int[] array(int node, int level) {
        return level == 0 ? base : upper[node];
    }

    int offset(int node, int level) {
        return level == 0 ? node * stride : (level - 1) * (perNode + 1);
    }

    void set(int node, int level, int[] neighbours, int count) {
        int[] links = array(node, level);
        int at = offset(node, level);
        links[at] = count;
        System.arraycopy(neighbours, 0, links, at + 1, count);
    }

    long memoryBytes() {
        long bytes = 4L * base.length + 8L * upper.length;
        for (int[] links : upper) {
            bytes += links.length == 0 ? 0 : 16 + 4L * links.length;
        }
        return bytes;
    }
}
