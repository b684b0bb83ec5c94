package dev.ragops.runtime.evaluate;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether one run is better than another on the same questions: paired, so that hard and easy questions cancel out.
 *
 * @param difference of the second run to the first, with its bootstrap interval
 * @param better questions on which the second is better
 */
public record Comparison(Interval difference, int better, int worse, int equal) {
    /**
     * @param first one row a question, as {@link Metrics#perQuestion} gives them
     * @throws IllegalArgumentException when the rows are of different questions
     */
    public static Comparison of(List<Metrics.PerQuestion> first, List<Metrics.PerQuestion> second, Figure figure) {
        Map<String, Double> base = new HashMap<>();
        first.forEach(row -> base.put(row.questionId(), figure.of(row)));
        if (first.size() != second.size()) {
            throw new IllegalArgumentException("the runs answer " + first.size() + " and " + second.size()
                    + " questions; only runs over the same questions can be compared");
        }
        double[] differences = new double[second.size()];
        int better = 0;
        int worse = 0;
        for (int i = 0; i < differences.length; i++) {
            Double before = base.get(second.get(i).questionId());
            if (before == null) {
                throw new IllegalArgumentException("question '" + second.get(i).questionId() + "' is in one run only");
            }
            differences[i] = figure.of(second.get(i)) - before;
            better += differences[i] > 0 ? 1 : 0;
            worse += differences[i] < 0 ? 1 : 0;
        }
        return new Comparison(Interval.of(differences), better, worse, differences.length - better - worse);
    }
}
