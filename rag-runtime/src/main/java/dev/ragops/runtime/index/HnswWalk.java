package dev.ragops.runtime.index;

import java.util.Arrays;

/**
 * One way through a graph at a time: towards a question, best-first, over the integer form of the rows. Holds what the
 * next walk can use again, so one belongs to one search at a time.
 *
 * <p>A node's neighbours are handled together: first those not seen are collected, then their rows are touched, then
 * scored. Memory fetches of a whole neighbourhood so overlap instead of following each other, which is most of a walk's
 * time once the rows outgrow the caches.
 */
final class HnswWalk {
    /** One read a cache line is enough to have it fetched. */
    private static final int CACHE_LINE = 64;

    private final VectorRows rows;
    private final int from;
    private final HnswLinks links;
    /** A bit a node: small enough for the first-level cache where a mark of four bytes is not. */
    private final long[] seen;

    private final int[] batch;
    private final float[] scores;

    private short[] question = new short[0];
    /** Best first; a key is {@link TopK#key} moved up by one bit, the lowest bit says that the node was expanded. */
    private long[] pool = new long[0];

    private int width;
    private int kept;

    private int nearest;
    private float nearestScore;
    /** Only so that touching is not optimised away. */
    private int touched;

    HnswWalk(VectorRows rows, int from, HnswLinks links) {
        this.rows = rows;
        this.from = from;
        this.links = links;
        this.seen = new long[(links.size() + 63) >>> 6];
        this.batch = new int[links.capacity(0)];
        this.scores = new float[links.capacity(0)];
    }

    /** Starts at the graph's entry. @param wide from {@link VectorRows#widened} */
    void begin(short[] wide) {
        question = wide;
        nearest = links.entry();
        nearestScore = rows.approximate(question, from + nearest);
    }

    /** Greedy steps on one level; the nearest node found is where the next level begins. */
    void descend(int level) {
        boolean moved = true;
        while (moved) {
            moved = false;
            int[] array = links.array(nearest, level);
            int at = links.offset(nearest, level);
            int count = array[at];
            System.arraycopy(array, at + 1, batch, 0, count);
            scoreBatch(count);
            for (int i = 0; i < count; i++) {
                if (scores[i] > nearestScore) {
                    nearestScore = scores[i];
                    nearest = batch[i];
                    moved = true;
                }
            }
        }
    }

    /** Algorithm 2 of the paper: best-first until none of the best {@code wanted} is unexpanded. */
    void widen(int level, int wanted) {
        width = wanted;
        if (pool.length < wanted + 1) {
            pool = new long[wanted + 1];
        }
        Arrays.fill(seen, 0);
        kept = 0;
        see(nearest);
        insert(key(nearestScore, nearest));
        int next = 0;
        while (next < kept) {
            if ((pool[next] & 1) != 0) {
                next++;
                continue;
            }
            pool[next] |= 1;
            int lowest = expand(level, node(pool[next]), next + 1);
            next = lowest;
        }
        nearest = node(pool[0]);
        nearestScore = TopK.score(pool[0]);
    }

    /** @return the first place of the pool that may be unexpanded */
    private int expand(int level, int node, int next) {
        int[] array = links.array(node, level);
        int at = links.offset(node, level);
        int end = at + 1 + array[at];
        int count = 0;
        for (int i = at + 1; i < end; i++) {
            int other = array[i];
            batch[count] = other;
            count += see(other);
        }
        scoreBatch(count);
        int lowest = next;
        for (int i = 0; i < count; i++) {
            long key = key(scores[i], batch[i]);
            if (kept < width || key > pool[kept - 1]) {
                lowest = Math.min(lowest, insert(key));
            }
        }
        return lowest;
    }

    /** 1 the first time, else 0: a number, because a branch here would be guessed wrong every other time. */
    private int see(int node) {
        long word = seen[node >>> 6];
        long bit = 1L << node;
        seen[node >>> 6] = word | bit;
        return (word & bit) == 0 ? 1 : 0;
    }

    private void scoreBatch(int count) {
        int sink = 0;
        for (int i = 0; i < count; i++) {
            sink += rows.touch(from + batch[i], CACHE_LINE);
        }
        touched = sink;
        for (int i = 0; i < count; i++) {
            scores[i] = rows.approximate(question, from + batch[i]);
        }
    }

    private int insert(long key) {
        int low = 0;
        int high = kept;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (pool[middle] > key) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (kept < width) {
            kept++;
        }
        System.arraycopy(pool, low, pool, low + 1, kept - 1 - low);
        pool[low] = key;
        return low;
    }

    /** How many nodes {@link #widen} found. */
    int found() {
        return kept;
    }

    /** The {@code i}-th best. */
    int node(int i) {
        return node(pool[i]);
    }

    float score(int i) {
        return TopK.score(pool[i]);
    }

    /** Score and node as {@link TopK#key} orders them, with room for the lowest bit. */
    private static long key(float score, int node) {
        long key = TopK.key(score, node);
        return (key & 0xffffffff00000000L) | ((key & 0x7fffffffL) << 1);
    }

    private static int node(long key) {
        return Integer.MAX_VALUE - (int) ((key >>> 1) & 0x7fffffff);
    }
}
