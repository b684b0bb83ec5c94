package dev.ragops.runtime.index;

import com.github.jelmerk.hnswlib.core.DistanceFunction;
import com.github.jelmerk.hnswlib.core.Item;
import com.github.jelmerk.hnswlib.core.SearchResult;
import com.github.jelmerk.hnswlib.core.hnsw.HnswIndex;
import com.github.jelmerk.hnswlib.core.hnsw.SizeLimitExceededException;
import java.util.Comparator;
import java.util.List;

/**
 * The same graph by another hand, hnswlib-core: selectable, and the oracle of the own graph's tests. Its capacity is the
 * segment's size and nothing is ever added later, which keeps clear of its defects in updates, removal and resizing; it
 * still boxes every distance, locks every node it reads and draws levels at random, so that builds differ.
 */
final class HnswlibSegment implements GraphSegment {
    /** Bytes an item measured in heap besides its vector: node, connections, boxed id. */
    private static final long BYTES_PER_ITEM = 360;

    private final VectorRows rows;
    private final int from;
    private final int to;
    private final HnswIndex<Integer, Stretch, Row, Float> index;

    /** A vector where it lies: nothing is copied. */
    private record Stretch(float[] array, int offset, int dimension) {}

    private record Row(Integer id, Stretch vector) implements Item<Integer, Stretch> {
        private static final long serialVersionUID = 1L;

        @Override
        public int dimensions() {
            return vector.dimension();
        }
    }

    private HnswlibSegment(VectorRows rows, int from, int to, HnswIndex<Integer, Stretch, Row, Float> index) {
        this.rows = rows;
        this.from = from;
        this.to = to;
        this.index = index;
    }

    static HnswlibSegment build(VectorRows rows, int from, int to, HnswGraph.Shape shape) {
        DistanceFunction<Stretch, Float> distance =
                (a, b) -> 1 - Kernel.BEST.dot(a.array(), a.offset(), b.array(), b.offset(), a.dimension());
        HnswIndex<Integer, Stretch, Row, Float> index = HnswIndex.<Stretch, Float>newBuilder(
                        rows.dimension(), distance, Comparator.naturalOrder(), Math.max(1, to - from))
                .withM(shape.links())
                .withEfConstruction(shape.buildWidth())
                .withEf(shape.searchWidth())
                .build();
        try {
            for (int row = from; row < to; row++) {
                index.add(new Row(row, new Stretch(rows.block(row), rows.offset(row), rows.dimension())));
            }
        } catch (SizeLimitExceededException e) {
            throw new IllegalStateException("the segment has exactly as many places as rows", e);
        }
        return new HnswlibSegment(rows, from, to, index);
    }

    @Override
    public int from() {
        return from;
    }

    @Override
    public int to() {
        return to;
    }

    @Override
    public ScoredOrdinals search(float[] unit, int k, OrdinalFilter accept) {
        if (from == to) {
            return ScoredOrdinals.NONE;
        }
        // The library knows no filter: ask for as many as hold k accepted ones with room to spare.
        double share = SearchCost.share(accept.cardinality(), rows.size());
        int wanted = (int) Math.min(to - from, share == 1 ? k : (k + 20) * 2 / share);
        List<SearchResult<Row, Float>> found =
                index.findNearest(new Stretch(unit, 0, unit.length), Math.max(1, wanted));
        int trusted = share == 1 || wanted == to - from ? found.size() : HnswGraph.trusted(found.size());
        TopK best = new TopK(k);
        for (SearchResult<Row, Float> result : found.subList(0, trusted)) {
            int row = result.item().id();
            if (accept.accepts(row)) {
                best.offer(rows.dot(unit, row), row);
            }
        }
        return best.toHits();
    }

    @Override
    public long memoryBytes() {
        return BYTES_PER_ITEM * (to - from);
    }
}
