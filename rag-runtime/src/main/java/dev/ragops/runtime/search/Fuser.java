package dev.ragops.runtime.search;

import dev.ragops.runtime.index.ScoredOrdinals;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes one ranking of two. Pure: scores in, order out. */
final class Fuser {
    /** The constant of reciprocal rank fusion, as its authors chose it. */
    private static final int RECIPROCAL_RANK_OFFSET = 60;

    /**
     * A BM25 score this high counts in full: about four matched words that are rare in 5,000 passages. A question whose
     * best match stays below it is a lexically weak one (few, common words), and its lexical leg says less. Chosen on
     * cranfield and dbpedia-5k with both built-in models; 12 to 30 differ by less than .015 NDCG@10.
     */
    private static final double FULL_LEXICAL_SCORE = 20;

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

    /**
     * Dense scores are stretched over the candidates, from the {@code span}-th to the best: models differ in how much of
     * the scale they use. Lexical scores keep their absolute size, a missing one is 0.
     *
     * @param span candidates per leg as configured, so that asking for more results does not change their order
     */
    static List<Candidate> convex(List<Candidate> union, double denseWeight, int span) {
        double[] dense = union.stream().mapToDouble(Candidate::dense).sorted().toArray();
        if (dense.length == 0) {
            return List.of();
        }
        double best = dense[dense.length - 1];
        double floor = dense[Math.max(0, dense.length - span)];
        double full = union.stream()
                .mapToDouble(Candidate::lexical)
                .filter(score -> !Double.isNaN(score))
                .max()
                .orElse(0);
        double lexicalScale = Math.max(FULL_LEXICAL_SCORE, full);
        return sorted(union.stream()
                .map(c -> {
                    double stretched = best > floor ? (c.dense() - floor) / (best - floor) : 1;
                    double lexical = Double.isNaN(c.lexical()) ? 0 : c.lexical() / lexicalScale;
                    return c.withScore(denseWeight * stretched + (1 - denseWeight) * lexical);
                })
                .toList());
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

    /**
     * {@code best}, and behind it what {@code more} has besides, in its order. Who asks for more results than are fused so
     * gets the same first ones as everybody; scores only fall on the way down.
     */
    static List<Candidate> followed(List<Candidate> best, List<Candidate> more) {
        List<Candidate> all = new ArrayList<>(best);
        Set<Integer> known = new HashSet<>();
        best.forEach(c -> known.add(c.ordinal()));
        double bar = best.isEmpty() ? Double.POSITIVE_INFINITY : best.getLast().score();
        for (Candidate c : more) {
            if (known.add(c.ordinal())) {
                bar = Math.min(c.score(), Math.nextDown(bar));
                all.add(c.withScore(bar));
            }
        }
        return all;
    }
}
