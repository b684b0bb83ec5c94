package dev.ragops.runtime.search;

import dev.ragops.runtime.index.ScoredOrdinals;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes one ranking of two. Pure: scores in, order out. */
final class Fuser {
    /** The constant of reciprocal rank fusion, as its authors chose it. */
    private static final int RECIPROCAL_RANK_OFFSET = 60;

    /** No question is less similar to a passage it could be about; see docs of the fusion decision. */
    static final double DENSE_FLOOR = 0;

    private Fuser() {}

    /**
     * A candidate with what each leg said; a leg that did not return it says NaN.
     *
     * @param score final so far
     */
    record Candidate(int ordinal, double score, double dense, double lexical) {
        Candidate withScore(double other) {
            return new Candidate(ordinal, other, dense, lexical);
        }
    }

    private static final Comparator<Candidate> BEST_FIRST =
            Comparator.comparingDouble(Candidate::score).reversed().thenComparingInt(Candidate::ordinal);

    /** Best first. */
    static List<Candidate> sorted(List<Candidate> candidates) {
        return candidates.stream().sorted(BEST_FIRST).toList();
    }

    static List<Candidate> dense(ScoredOrdinals hits) {
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < hits.count(); i++) {
            candidates.add(new Candidate(hits.ordinals()[i], hits.scores()[i], hits.scores()[i], Double.NaN));
        }
        return candidates;
    }

    static List<Candidate> lexical(ScoredOrdinals hits) {
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < hits.count(); i++) {
            candidates.add(new Candidate(hits.ordinals()[i], hits.scores()[i], Double.NaN, hits.scores()[i]));
        }
        return candidates;
    }

    /** Every ordinal of either leg once, with both scores where both returned it. */
    static List<Candidate> union(ScoredOrdinals dense, ScoredOrdinals lexical) {
        Map<Integer, Candidate> union = new LinkedHashMap<>();
        dense(dense).forEach(c -> union.put(c.ordinal(), c));
        for (Candidate c : lexical(lexical)) {
            union.merge(c.ordinal(), c, (d, l) -> new Candidate(d.ordinal(), 0, d.dense(), l.lexical()));
        }
        return List.copyOf(union.values());
    }

    /** Scores missing on a leg count as that leg's floor. */
    static List<Candidate> convex(List<Candidate> union, double denseWeight) {
        double bestDense = union.stream()
                .mapToDouble(Candidate::dense)
                .filter(s -> !Double.isNaN(s))
                .max()
                .orElse(0);
        double bestLexical = union.stream()
                .mapToDouble(Candidate::lexical)
                .filter(s -> !Double.isNaN(s))
                .max()
                .orElse(0);
        List<Candidate> scored = new ArrayList<>(union.size());
        for (Candidate c : union) {
            double dense = Double.isNaN(c.dense()) ? 0 : Normalised.fromFloor(c.dense(), DENSE_FLOOR, bestDense);
            double lexical = Double.isNaN(c.lexical()) ? 0 : Normalised.fromFloor(c.lexical(), 0, bestLexical);
            scored.add(c.withScore(denseWeight * dense + (1 - denseWeight) * lexical));
        }
        return sorted(scored);
    }

    static List<Candidate> reciprocalRank(ScoredOrdinals dense, ScoredOrdinals lexical) {
        Map<Integer, Double> sums = new LinkedHashMap<>();
        for (ScoredOrdinals leg : List.of(dense, lexical)) {
            for (int i = 0; i < leg.count(); i++) {
                sums.merge(leg.ordinals()[i], 1.0 / (RECIPROCAL_RANK_OFFSET + i + 1), Double::sum);
            }
        }
        return sorted(union(dense, lexical).stream()
                .map(c -> c.withScore(sums.getOrDefault(c.ordinal(), 0.0)))
                .toList());
    }
}
