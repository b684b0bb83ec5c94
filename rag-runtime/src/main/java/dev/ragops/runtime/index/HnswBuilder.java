package dev.ragops.runtime.index;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Makes a graph's links, node after node (Algorithms 1 and 4 of Malkov and Yashunin, arXiv 1603.09320). Distances are
 * integer products scaled by the rows' factors and levels come from a fixed seed: equal rows give equal links, whatever
 * the machine's vector width.
 */
final class HnswBuilder {
    private static final long SEED = 42;

    private final VectorRows rows;
    private final int from;
    private final HnswGraph.Shape shape;
    private final HnswLinks links;
    private final HnswWalk walk;
    private final short[] question;
    private final short[] centre;
    private final int[] candidates;
    private final float[] scores;
    private final int[] kept;
    private final long[] order;
    /** The newest row of each content, by its hash; a collision costs a link, nothing else. */
    private final Map<Integer, Integer> newest = new HashMap<>();
    /** By node, the next that is equal to it, as node + 1; 0 where there is none. */
    private final int[] twin;

    private HnswBuilder(VectorRows rows, int from, int size, HnswGraph.Shape shape) {
        this.rows = rows;
        this.from = from;
        this.shape = shape;
        this.links = new HnswLinks(size, shape.links());
        this.walk = new HnswWalk(rows, from, links);
        this.question = new short[rows.dimension()];
        this.centre = new short[rows.dimension()];
        int most = Math.max(shape.buildWidth(), links.capacity(0) + 1);
        this.candidates = new int[most];
        this.scores = new float[most];
        this.order = new long[most];
        this.kept = new int[links.capacity(0)];
        this.twin = new int[size];
    }

    static HnswLinks build(VectorRows rows, int from, int to, HnswGraph.Shape shape) {
        HnswBuilder builder = new HnswBuilder(rows, from, to - from, shape);
        SplittableRandom random = new SplittableRandom(SEED);
        double scale = 1 / Math.log(shape.links());
        for (int node = 0; node < to - from; node++) {
            builder.insert(node, (int) (-StrictMath.log(1 - random.nextDouble()) * scale));
        }
        return builder.links;
    }

    private void insert(int node, int level) {
        links.raise(node, level);
        int top = links.topLevel();
        if (top < 0) {
            links.enterAt(node, level);
            chain(node);
            return;
        }
        rows.widen(from + node, question);
        walk.begin(question);
        for (int l = top; l > level; l--) {
            walk.descend(l);
        }
        for (int l = Math.min(level, top); l >= 0; l--) {
            walk.widen(l, shape.buildWidth());
            connect(node, l);
        }
        if (level > top) {
            links.enterAt(node, level);
        }
        chain(node);
    }

    /**
     * Has the last equal row know this one. Equal rows are as near to each other as can be, and ties go to the lower: left to
     * the algorithm, nobody would link to those that came after a neighbourhood was full.
     */
    private void chain(int node) {
        Integer before = newest.put(rows.contentHash(from + node), node);
        if (before != null && rows.equal(from + before, from + node)) {
            twin[before] = node + 1;
            hold(before, 0);
        }
    }

    /** Keeps the link to a node's twin, whatever else was chosen: in the place of the last when all are taken. */
    private void hold(int node, int level) {
        int next = twin[node] - 1;
        if (level > 0 || next < 0) {
            return;
        }
        int[] array = links.array(node, level);
        int at = links.offset(node, level);
        int count = array[at];
        for (int i = at + 1; i <= at + count; i++) {
            if (array[i] == next) {
                return;
            }
        }
        if (count < links.capacity(level)) {
            array[at] = ++count;
        }
        array[at + count] = next;
    }

    private void connect(int node, int level) {
        int found = walk.found();
        for (int i = 0; i < found; i++) {
            candidates[i] = walk.node(i);
            scores[i] = walk.score(i) * rows.scale(from + node);
        }
        int count = diversified(found, shape.links());
        links.set(node, level, kept, count);
        int[] chosen = Arrays.copyOf(kept, count);
        for (int neighbour : chosen) {
            connectBack(neighbour, node, level);
        }
    }

    private void connectBack(int node, int added, int level) {
        int[] array = links.array(node, level);
        int at = links.offset(node, level);
        int count = array[at];
        if (count < links.capacity(level)) {
            array[at + 1 + count] = added;
            array[at] = count + 1;
            return;
        }
        rows.widen(from + node, centre);
        for (int i = 0; i <= count; i++) {
            int other = i < count ? array[at + 1 + i] : added;
            order[i] = TopK.key(rows.approximate(centre, from + other), other);
        }
        Arrays.sort(order, 0, count + 1);
        for (int i = 0; i <= count; i++) {
            long key = order[count - i];
            candidates[i] = TopK.ordinal(key);
            scores[i] = TopK.score(key) * rows.scale(from + node);
        }
        links.set(node, level, kept, diversified(count + 1, links.capacity(level)));
        hold(node, level);
    }

    /**
     * Algorithm 4: a candidate is kept when it is nearer to the node than to any kept one; of equal rows so one, or copies
     * would be walled in by each other. Reads {@link #candidates}
     * (best first) and {@link #scores}, fills {@link #kept}.
     */
    private int diversified(int count, int limit) {
        int n = 0;
        for (int i = 0; i < count && n < limit; i++) {
            int candidate = candidates[i];
            float bar = scores[i];
            if (n > 0) {
                rows.widen(from + candidate, centre);
            }
            float factor = rows.scale(from + candidate);
            boolean good = true;
            for (int j = 0; good && j < n; j++) {
                good = rows.approximate(centre, from + kept[j]) * factor < bar;
            }
            if (good) {
                kept[n++] = candidate;
            }
        }
        return n;
    }
}
