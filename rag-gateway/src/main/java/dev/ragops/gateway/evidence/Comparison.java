package dev.ragops.gateway.evidence;

import dev.ragops.gateway.evidence.Sources.Source;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares two answers to one question by their sources.
 *
 * @param overlapAtK share of the first k passages that both found
 * @param rankBiasedOverlap agreement weighted by rank, p = 0.9, extrapolated (Webber, Moffat, Zobel 2010, section 4.2, equal depth)
 * @param sameTopPassage whether both put the same passage first
 */
public record Comparison(double overlapAtK, double rankBiasedOverlap, boolean sameTopPassage) {
    private static final double PERSISTENCE = 0.9;

    public static Comparison of(Sources ours, Sources theirs) {
        List<Source> left = ours.list();
        List<Source> right = theirs.list();
        if (left.isEmpty() && right.isEmpty()) {
            return new Comparison(1, 1, true);
        }
        int depth = Math.max(left.size(), right.size());
        double weighted = 0;
        int common = 0;
        for (int d = 1; d <= depth; d++) {
            common = common(first(left, d), first(right, d));
            weighted += (double) common / d * Math.pow(PERSISTENCE, d);
        }
        double agreement = (double) common / depth;
        double rankBiased = agreement * Math.pow(PERSISTENCE, depth) + (1 - PERSISTENCE) / PERSISTENCE * weighted;
        boolean sameTop = !left.isEmpty() && !right.isEmpty() && left.getFirst().isSameAs(right.getFirst());
        return new Comparison(agreement, rankBiased, sameTop);
    }

    private static List<Source> first(List<Source> all, int depth) {
        return all.subList(0, Math.min(depth, all.size()));
    }

    /** Each passage is matched once. */
    private static int common(List<Source> left, List<Source> right) {
        List<Source> open = new ArrayList<>(right);
        int common = 0;
        for (Source source : left) {
            for (int i = 0; i < open.size(); i++) {
                if (source.isSameAs(open.get(i))) {
                    open.remove(i);
                    common++;
                    break;
                }
            }
        }
        return common;
    }
}
