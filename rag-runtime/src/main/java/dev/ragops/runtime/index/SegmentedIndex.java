package dev.ragops.runtime.index;

import java.util.List;

/**
 * Graphs over ranges of rows and a scan over the rest, as one index: rows are findable the moment they are appended, and
 * graphs catch up behind them.
 */
public final class SegmentedIndex implements VectorIndex {
    private final List<GraphSegment> segments;
    private final VectorRows rows;
    private final ExactIndex tail;

    private SegmentedIndex(List<GraphSegment> segments, VectorRows rows) {
        this.segments = List.copyOf(segments);
        this.rows = rows;
        this.tail = new ExactIndex(rows, covered(segments), rows.size());
    }

    /** No graphs. */
    public static SegmentedIndex scanning(VectorRows rows) {
        return new SegmentedIndex(List.of(), rows);
    }

    static SegmentedIndex of(List<GraphSegment> segments, VectorRows rows) {
        return new SegmentedIndex(segments, rows);
    }

    private static int covered(List<GraphSegment> segments) {
        return segments.isEmpty() ? 0 : segments.getLast().to();
    }

    /** The same graphs over rows that were appended to. */
    public SegmentedIndex over(VectorRows appended) {
        return new SegmentedIndex(segments, appended);
    }

    public int covered() {
        return covered(segments);
    }

    List<GraphSegment> segments() {
        return segments;
    }

    public VectorRows rows() {
        return rows;
    }

    public int dimension() {
        return rows.dimension();
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public ScoredOrdinals search(float[] unit, int k, OrdinalFilter accept) {
        if (segments.isEmpty()) {
            return tail.search(unit, k, accept);
        }
        // A narrow filter is scanned: exact, and cheaper than a graph that must walk through what it may not return.
        if (SearchCost.prefersScan(k, accept.cardinality(), rows.size())) {
            return new ExactIndex(rows).search(unit, k, accept);
        }
        TopK best = new TopK(k);
        offer(best, tail.search(unit, k, accept));
        for (GraphSegment segment : segments) {
            ScoredOrdinals found = segment.search(unit, k, accept);
            offer(best, found.count() < k ? scan(segment, unit, k, accept) : found);
        }
        return best.toHits();
    }

    /** What is accepted may lie far from the question, all of it: a walk then ends among rejected rows. */
    private ScoredOrdinals scan(GraphSegment segment, float[] unit, int k, OrdinalFilter accept) {
        return new ExactIndex(rows, segment.from(), segment.to()).search(unit, k, accept);
    }

    private static void offer(TopK best, ScoredOrdinals hits) {
        for (int i = 0; i < hits.count(); i++) {
            best.offer(hits.scores()[i], hits.ordinals()[i]);
        }
    }

    @Override
    public float score(float[] unit, int ordinal) {
        return rows.dot(unit, ordinal);
    }

    @Override
    public long memoryBytes() {
        return rows.memoryBytes()
                + segments.stream().mapToLong(GraphSegment::memoryBytes).sum();
    }

    @Override
    public String kind() {
        return segments.isEmpty() ? "exact" : "hnsw";
    }
}
