package dev.ragops.runtime.index;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A hierarchical navigable small world graph (Malkov, Yashunin, arXiv 1603.09320) over shared rows: walks the integers,
 * re-ranks in fp32. Immutable; built by {@link HnswBuilder}, walked by one {@link HnswWalk} a search at a time.
 */
final class HnswGraph implements GraphSegment {
    /**
     * @param links neighbours a node keeps on upper levels; twice as many on level 0 (M in the paper)
     * @param buildWidth candidates while inserting (efConstruction)
     * @param searchWidth candidates while searching, at least (ef)
     */
    record Shape(int links, int buildWidth, int searchWidth) {
        static final Shape DEFAULT = new Shape(16, 200, 100);

        /** Of a walk's candidates the outer half are met by chance. */
        int widthFor(int k) {
            return Math.max(searchWidth, 2 * k);
        }
    }

    private final VectorRows rows;
    private final int from;
    private final Shape shape;
    private final HnswLinks links;
    /** Of searches that are over, for those to come. Gone with the graph, which a thread's own would outlive. */
    private final Queue<HnswWalk> idle = new ConcurrentLinkedQueue<>();

    HnswGraph(VectorRows rows, int from, HnswLinks links, Shape shape) {
        this.rows = rows;
        this.from = from;
        this.shape = shape;
        this.links = links;
    }

    static HnswGraph build(VectorRows rows, int from, int to, Shape shape) {
        return new HnswGraph(rows, from, HnswBuilder.build(rows, from, to, shape), shape);
    }

    HnswLinks links() {
        return links;
    }

    @Override
    public int from() {
        return from;
    }

    @Override
    public int to() {
        return from + links.size();
    }

    @Override
    public ScoredOrdinals search(float[] unit, int k, OrdinalFilter accept) {
        return search(unit, k, accept, shape.widthFor(k));
    }

    /** With another width than the shape's: wider finds more and costs more. */
    ScoredOrdinals search(float[] unit, int k, OrdinalFilter accept, int searchWidth) {
        if (links.size() == 0) {
            return ScoredOrdinals.NONE;
        }
        // Rejected nodes are walked through but not returned: widen by how many are expected on the way.
        double share = SearchCost.share(accept.cardinality(), rows.size());
        int width = (int) Math.min(links.size(), Math.max(searchWidth, k) / share);
        HnswWalk reused = idle.poll();
        HnswWalk walk = reused == null ? new HnswWalk(rows, from, links) : reused;
        try {
            return search(walk, unit, k, accept, width);
        } finally {
            idle.offer(walk);
        }
    }

    private ScoredOrdinals search(HnswWalk walk, float[] unit, int k, OrdinalFilter accept, int width) {
        walk.begin(VectorRows.widened(unit));
        for (int level = links.topLevel(); level > 0; level--) {
            walk.descend(level);
        }
        walk.widen(0, width);
        int wanted = ExactIndex.shortlist(k);
        int trusted = width < links.size() ? trusted(walk.found()) : walk.found();
        TopK rough = new TopK(Math.min(wanted, trusted));
        for (int i = 0; i < trusted && rough.size() < wanted; i++) {
            int row = from + walk.node(i);
            if (accept.accepts(row)) {
                rough.offer(walk.score(i), row);
            }
        }
        return ExactIndex.rerank(rows, unit, k, rough);
    }

    /**
     * How many of the nearest candidates of a walk are taken for what they seem: behind them it has missed too many (decision
     * 0022). Of an even filter the best {@code k} are expected in the inner half; a quarter more is for its unevenness.
     */
    static int trusted(int found) {
        return found - found / 4;
    }

    @Override
    public long memoryBytes() {
        return links.memoryBytes();
    }
}
