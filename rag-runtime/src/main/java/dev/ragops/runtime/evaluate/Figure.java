package dev.ragops.runtime.evaluate;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** A measure of one question's ranking, under the name it has in MLflow, in reports and in gates. */
public enum Figure {
    NDCG_AT_10("ndcg_at_10", Metrics.PerQuestion::ndcgAt10),
    RECALL_AT_10("recall_at_10", Metrics.PerQuestion::recallAt10),
    RECALL_AT_100("recall_at_100", Metrics.PerQuestion::recallAt100),
    MRR("mrr", Metrics.PerQuestion::mrr),
    MAP("map", Metrics.PerQuestion::map);

    private final String label;
    private final ToDoubleFunction<Metrics.PerQuestion> value;

    Figure(String label, ToDoubleFunction<Metrics.PerQuestion> value) {
        this.label = label;
        this.value = value;
    }

    public String label() {
        return label;
    }

    public double of(Metrics.PerQuestion row) {
        return value.applyAsDouble(row);
    }

    /** The mean over the questions, and what it is worth. */
    public Interval over(List<Metrics.PerQuestion> rows) {
        return Interval.of(rows.stream().mapToDouble(value).toArray());
    }
}
