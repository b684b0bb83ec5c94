package dev.ragops.runtime.index;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A hierarchical navigable small world graph (Malkov, Yashunin, arXiv 1603.09320) in flat arrays over shared rows: no
 * object, box or lock a step, which is what makes it as fast as the C++ original. Built by one thread with levels drawn
 * from a fixed seed, so equal rows give equal graphs.
 */
final class HnswGraph implements GraphSegment {
    /**
     * @param links neighbours a node keeps on upper levels; twice as many on level 0 (M in the paper)
     * @param buildWidth candidates while inserting (efConstruction)
     * @param searchWidth candidates while searching, at least (ef)
     */
    record Shape(int links, int buildWidth, int searchWidth) {
        static final Shape DEFAULT = new Shape(16, 200, 150);
    }

    private static final long SEED = 42;

    private final VectorRows rows;
    private final int from;
    private final int size;
    private final Shape shape;
    private final int stride;
    /** Level 0: node i has {@code base[i * stride]} neighbours, which follow. */
    private final int[] base;
    /** Levels above: per node null or {@code level * (links + 1)} numbers of the same form. */
    private final int[][] upper;

    private int entry = -1;
    private int topLevel = -1;

    private final ThreadLocal<HnswScratch> scratch;

    private HnswGraph(VectorRows rows, int from, int to, Shape shape) {
        this.rows = rows;
        this.from = from;
        this.size = to - from;
        this.shape = shape;
        this.stride = shape.links() * 2 + 1;
        this.base = new int[Math.multiplyExact(size, stride)];
        this.upper = new int[size][];
        this.scratch = ThreadLocal.withInitial(() -> new HnswScratch(size));
    }

    static HnswGraph build(VectorRows rows, int from, int to, Shape shape) {
        HnswGraph graph = new HnswGraph(rows, from, to, shape);
        SplittableRandom random = new SplittableRandom(SEED);
        double scale = 1 / Math.log(shape.links());
        HnswScratch scratch = new HnswScratch(graph.size);
        for (int node = 0; node < graph.size; node++) {
            int level = (int) (-Math.log(1 - random.nextDouble()) * scale);
            graph.insert(node, level, scratch);
        }
        return graph;
    }

    private void insert(int node, int level, HnswScratch scratch) {
        if (level > 0) {
            upper[node] = new int[level * (shape.links() + 1)];
        }
        if (entry < 0) {
            entry = node;
            topLevel = level;
            return;
        }
        int nearest = entry;
        float score = similarity(node, nearest);
        for (int l = topLevel; l > level; l--) {
            long step = descend(l, nearest, score, other -> similarity(node, other));
            nearest = (int) step;
            score = Float.intBitsToFloat((int) (step >>> 32));
        }
        for (int l = Math.min(level, topLevel); l >= 0; l--) {
            scratch.reset();
            widen(l, nearest, score, shape.buildWidth(), scratch, other -> similarity(node, other));
            int[] found = scratch.drainBest();
            nearest = found[0];
            score = similarity(node, nearest);
            connect(node, l, found, scratch);
        }
        if (level > topLevel) {
            topLevel = level;
            entry = node;
        }
    }

    private void connect(int node, int level, int[] found, HnswScratch scratch) {
        int[] chosen = diversified(node, found, found.length, shape.links(), scratch);
        setNeighbours(node, level, chosen);
        int capacity = level == 0 ? shape.links() * 2 : shape.links();
        for (int neighbour : chosen) {
            int[] links = links(neighbour, level);
            int at = offset(neighbour, level);
            int count = links[at];
            if (count < capacity) {
                links[at + 1 + count] = node;
                links[at] = count + 1;
            } else {
                int[] candidates = Arrays.copyOfRange(links, at + 1, at + 2 + count);
                candidates[count] = node;
                sortByScore(neighbour, candidates);
                setNeighbours(
                        neighbour, level, diversified(neighbour, candidates, candidates.length, capacity, scratch));
            }
        }
    }

    private void sortByScore(int node, int[] candidates) {
        long[] keys = new long[candidates.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = TopK.key(similarity(node, candidates[i]), candidates[i]);
        }
        Arrays.sort(keys);
        for (int i = 0; i < keys.length; i++) {
            candidates[i] = TopK.ordinal(keys[keys.length - 1 - i]);
        }
    }

    /** Algorithm 4 of the paper: a candidate is kept when it is nearer to the node than to any kept one. */
    private int[] diversified(int node, int[] sorted, int count, int limit, HnswScratch scratch) {
        int[] kept = scratch.kept(limit);
        int n = 0;
        for (int i = 0; i < count && n < limit; i++) {
            int candidate = sorted[i];
            float toNode = similarity(node, candidate);
            boolean good = candidate != node;
            for (int j = 0; good && j < n; j++) {
                good = similarity(candidate, kept[j]) <= toNode;
            }
            if (good) {
                kept[n++] = candidate;
            }
        }
        return Arrays.copyOf(kept, n);
    }

    private interface Similarity {
        float to(int node);
    }

    private float similarity(int a, int b) {
        return rows.dot(from + a, from + b);
    }

    /** Greedy walk on one level. @return (score bits << 32) | node */
    private long descend(int level, int start, float startScore, Similarity similarity) {
        int best = start;
        float bestScore = startScore;
        boolean moved = true;
        while (moved) {
            moved = false;
            int[] links = links(best, level);
            int at = offset(best, level);
            int count = links[at];
            for (int i = 1; i <= count; i++) {
                int other = links[at + i];
                float score = similarity.to(other);
                if (score > bestScore) {
                    bestScore = score;
                    best = other;
                    moved = true;
                }
            }
        }
        return ((long) Float.floatToRawIntBits(bestScore) << 32) | best;
    }

    /** Algorithm 2: best-first until nothing nearer than the worst of {@code width} results is left. */
    private void widen(int level, int start, float score, int width, HnswScratch scratch, Similarity similarity) {
        scratch.begin(width);
        scratch.visit(start);
        scratch.push(score, start);
        scratch.keep(score, start);
        while (scratch.hasCandidates()) {
            long next = scratch.pop();
            if (TopK.score(next) < scratch.bar()) {
                return;
            }
            int node = TopK.ordinal(next);
            int[] links = links(node, level);
            int at = offset(node, level);
            int count = links[at];
            for (int i = 1; i <= count; i++) {
                int other = links[at + i];
                if (scratch.visit(other)) {
                    float s = similarity.to(other);
                    if (s > scratch.bar()) {
                        scratch.push(s, other);
                        scratch.keep(s, other);
                    }
                }
            }
        }
    }

    private int[] links(int node, int level) {
        return level == 0 ? base : upper[node];
    }

    private int offset(int node, int level) {
        return level == 0 ? node * stride : (level - 1) * (shape.links() + 1);
    }

    private void setNeighbours(int node, int level, int[] neighbours) {
        int[] links = links(node, level);
        int at = offset(node, level);
        links[at] = neighbours.length;
        System.arraycopy(neighbours, 0, links, at + 1, neighbours.length);
    }

    @Override
    public int from() {
        return from;
    }

    @Override
    public int to() {
        return from + size;
    }

    @Override
    public ScoredOrdinals search(float[] unit, int k, OrdinalFilter accept) {
        return search(unit, k, accept, shape.searchWidth());
    }

    /** With another width than the shape's: wider finds more and costs more. */
    ScoredOrdinals search(float[] unit, int k, OrdinalFilter accept, int searchWidth) {
        if (size == 0) {
            return ScoredOrdinals.NONE;
        }
        short[] query = VectorRows.widened(unit);
        Similarity similarity = node -> rows.approximate(query, from + node);
        HnswScratch work = scratch.get();
        // Rejected nodes are walked through but not returned: widen by how many are expected on the way.
        double share = Math.max(1e-3, Math.min(1, (double) accept.cardinality() / Math.max(1, rows.size())));
        int shortlist = ExactIndex.shortlist(k);
        int width = (int) Math.min(size, Math.max(searchWidth, k) / share);
        int nearest = entry;
        float score = similarity.to(nearest);
        for (int l = topLevel; l > 0; l--) {
            long step = descend(l, nearest, score, similarity);
            nearest = (int) step;
            score = Float.intBitsToFloat((int) (step >>> 32));
        }
        work.reset();
        widen(0, nearest, score, width, work, similarity);
        TopK rough = new TopK(shortlist);
        for (int node : work.drainBest()) {
            if (accept.accepts(from + node)) {
                rough.offer(similarity.to(node), from + node);
            }
        }
        return ExactIndex.rerank(rows, unit, k, rough);
    }

    @Override
    public long memoryBytes() {
        long bytes = 4L * base.length + 8L * size;
        for (int[] links : upper) {
            bytes += links == null ? 0 : 16 + 4L * links.length;
        }
        return bytes;
    }
}
