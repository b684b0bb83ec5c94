package dev.ragops.runtime.index;

import java.util.ArrayList;
import java.util.List;

/** Decides from measured costs when rows get a graph, and which. */
public enum SegmentPolicy {
    /** Scan only. */
    NEVER(Integer.MAX_VALUE, HnswGraph::build),
    /** Graphs from the size on where a scan costs a fifth of encoding a question more than a walk (decision 0022). */
    AUTO(20_000, HnswGraph::build),
    /** Graphs as soon as a few rows are there. */
    ALWAYS(256, HnswGraph::build),
    /** The same through hnswlib-core, to compare. */
    HNSWLIB(256, HnswlibSegment::build);

    /** Segments a search walks through at most; then they become one. */
    private static final int MAX_SEGMENTS = 4;

    private final int uncoveredRows;

    private final Builder builder;

    private interface Builder {
        GraphSegment build(VectorRows rows, int from, int to, HnswGraph.Shape shape);
    }

    SegmentPolicy(int uncoveredRows, Builder builder) {
        this.uncoveredRows = uncoveredRows;
        this.builder = builder;
    }

    public boolean wantsBuild(SegmentedIndex index) {
        int uncovered = index.size() - index.covered();
        // A tail may also grow with what is covered: rebuilding is for larger gains than a fraction of a millisecond.
        return this != NEVER && uncovered >= Math.max(uncoveredRows, index.covered() / 8);
    }

    /** A new index whose graphs cover all of its rows. Takes long; does not touch {@code index}. */
    public SegmentedIndex build(SegmentedIndex index) {
        List<GraphSegment> segments = new ArrayList<>(index.segments());
        int from = index.covered();
        if (segments.size() >= MAX_SEGMENTS) {
            segments.clear();
            from = 0;
        }
        segments.add(builder.build(index.rows(), from, index.size(), HnswGraph.Shape.DEFAULT));
        return SegmentedIndex.of(segments, index.rows());
    }
}
