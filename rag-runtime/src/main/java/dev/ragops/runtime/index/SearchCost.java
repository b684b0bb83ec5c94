package dev.ragops.runtime.index;

/**
 * Foretells whether looking at every accepted row or walking a graph past the rejected ones costs less: the one grows with
 * what a filter lets through, the other with what it holds back.
 */
final class SearchCost {
    /**
     * Rows that are scanned in the time in which a walk becomes wider by one candidate: 33 to 67 measured, least where
     * walks are wide (decision 0022).
     */
    private static final int ROWS_A_CANDIDATE = 40;

    /** A walk never becomes wider than by this, whatever is expected on the way. */
    private static final double LEAST_SHARE = 1e-3;

    private SearchCost() {}

    /**
     * @param k how many are wanted
     * @param rows how many the accepted ones are among
     */
    static boolean prefersScan(int k, int accepted, int rows) {
        return accepted <= ROWS_A_CANDIDATE * (HnswGraph.Shape.DEFAULT.widthFor(k) / share(accepted, rows));
    }

    /** The share of the nodes on its way that a walk may return. */
    static double share(int accepted, int rows) {
        return Math.clamp((double) accepted / Math.max(1, rows), LEAST_SHARE, 1);
    }
}
