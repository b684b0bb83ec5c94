package dev.ragops.runtime.index;

/**
 * Looks at every accepted row: approximate integer products first, then fp32 for the best of them. Costs less than
 * encoding the question up to some ten thousand rows, and its recall does not depend on a graph.
 */
public final class ExactIndex implements VectorIndex {
    private final VectorRows rows;
    private final int from;
    private final int to;

    public ExactIndex(VectorRows rows) {
        this(rows, 0, rows.size());
    }

    /** Over the rows from {@code from} to before {@code to}. */
    ExactIndex(VectorRows rows, int from, int to) {
        this.rows = rows;
        this.from = from;
        this.to = to;
    }

    @Override
    public int size() {
        return to - from;
    }

    @Override
    public ScoredOrdinals search(float[] unit, int k, OrdinalFilter accept) {
        short[] query = VectorRows.widened(unit);
        TopK rough = new TopK(Math.min(size(), shortlist(k)));
        float bar = rough.bar();
        for (int row = accept.next(from); row >= 0 && row < to; row = accept.next(row + 1)) {
            float score = rows.approximate(query, row);
            if (score >= bar) {
                rough.offer(score, row);
                bar = rough.bar();
            }
        }
        ScoredOrdinals hits = rerank(rows, unit, k, rough);
        return hits.count() < k ? hits : assured(hits, bar, unit, query, accept);
    }

    /**
     * Rows whose scores crowd (a filter that leaves only what is far from the question) may be pushed behind the shortlist
     * by rounding. Where that can have happened, every row that may belong to the best is scored in fp32.
     *
     * @param bar approximate score that no row outside the shortlist exceeds
     */
    private ScoredOrdinals assured(ScoredOrdinals hits, float bar, float[] unit, short[] query, OrdinalFilter accept) {
        float scale = VectorRows.scaleOf(unit);
        float worst = hits.scores()[hits.count() - 1];
        float least = (worst - rounding(scale, rows.largestScale())) / scale;
        if (bar < least) {
            return hits;
        }
        TopK best = new TopK(hits.count());
        for (int row = accept.next(from); row >= 0 && row < to; row = accept.next(row + 1)) {
            if (rows.approximate(query, row) >= least) {
                best.offer(rows.dot(unit, row), row);
            }
        }
        return best.toHits();
    }

    /**
     * How far an approximate score may lie from the real one: five standard deviations of the sum of rounding errors, each
     * evenly spread over one step of its vector, the vectors being of unit length.
     */
    private static float rounding(float scale, float otherScale) {
        return 5 * (float) Math.sqrt((scale * scale + otherScale * otherScale) / 12);
    }

    /** What rounding to 7 bits (about .002 of a cosine) pushes out of the best {@code k} usually lies among these. */
    static int shortlist(int k) {
        return 3 * k + 20;
    }

    static ScoredOrdinals rerank(VectorRows rows, float[] unit, int k, TopK rough) {
        TopK best = new TopK(Math.min(k, rough.size()));
        for (long key : rough.drain()) {
            int row = TopK.ordinal(key);
            best.offer(rows.dot(unit, row), row);
        }
        return best.toHits();
    }

    @Override
    public float score(float[] unit, int ordinal) {
        return rows.dot(unit, ordinal);
    }

    @Override
    public long memoryBytes() {
        return rows.memoryBytes();
    }

    @Override
    public String kind() {
        return "exact";
    }
}
