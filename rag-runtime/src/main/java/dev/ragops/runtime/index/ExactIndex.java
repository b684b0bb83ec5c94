package dev.ragops.runtime.index;

/**
 * Looks at every accepted row: approximate integer products first, then fp32 for the best of them. Costs less than
 * encoding the question up to some ten thousand rows, and its recall does not depend on a graph.
 */
public final class ExactIndex implements VectorIndex {
    private final VectorRows rows;
    private final int from;

    public ExactIndex(VectorRows rows) {
        this(rows, 0);
    }

    /** Over the rows from {@code from} on. */
    ExactIndex(VectorRows rows, int from) {
        this.rows = rows;
        this.from = from;
    }

    @Override
    public int size() {
        return rows.size() - from;
    }

    @Override
    public ScoredOrdinals search(float[] unit, int k, OrdinalFilter accept) {
        short[] query = VectorRows.widened(unit);
        TopK rough = new TopK(Math.min(rows.size(), shortlist(k)));
        float bar = rough.bar();
        for (int row = accept.next(from); row >= 0 && row < rows.size(); row = accept.next(row + 1)) {
            float score = rows.approximate(query, row);
            if (score >= bar) {
                rough.offer(score, row);
                bar = rough.bar();
            }
        }
        return rerank(rows, unit, k, rough);
    }

    /** Enough that 7-bit rounding (about .002 of a cosine) does not push one of the best {@code k} out. */
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
