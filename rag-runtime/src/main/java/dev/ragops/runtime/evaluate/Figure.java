package dev.ragops.runtime.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** A measure of one question's ranking, under the name it has in MLflow, in reports and in gates. */
public record Figure(String label, ToDoubleFunction<Metrics.PerQuestion> value) {
    public static final Figure NDCG_AT_10 = new Figure("ndcg_at_10", Metrics.PerQuestion::ndcgAt10);
    public static final Figure MRR = new Figure("mrr", Metrics.PerQuestion::mrr);
    public static final Figure MAP = new Figure("map", Metrics.PerQuestion::map);

    /** Only of rows that were measured with this cutoff. */
    public static Figure recallAt(int cutoff) {
        return new Figure("recall_at_" + cutoff, row -> row.recallAt().getOrDefault(cutoff, 0.0));
    }

    /** In the order in which they are reported. */
    public static List<Figure> all(Cutoffs cutoffs) {
        List<Figure> all = new ArrayList<>(List.of(NDCG_AT_10));
        cutoffs.ranks().forEach(cutoff -> all.add(recallAt(cutoff)));
        all.add(MRR);
        all.add(MAP);
        return all;
    }

    public double of(Metrics.PerQuestion row) {
        return value.applyAsDouble(row);
    }

    public double mean(List<Metrics.PerQuestion> rows) {
        return rows.stream().mapToDouble(value).average().orElse(0);
    }

    /** The mean over the questions, and what it is worth. */
    public Interval over(List<Metrics.PerQuestion> rows) {
        return Interval.of(rows.stream().mapToDouble(value).toArray());
    }
}
