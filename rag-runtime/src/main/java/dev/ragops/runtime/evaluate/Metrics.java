package dev.ragops.runtime.evaluate;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How good the rankings of a run are, question by question: of all questions that have a relevant document, one without a
 * ranking counting 0. Same definitions as trec_eval (nDCG with linear gain) and ir-measures.
 */
public final class Metrics {
    private Metrics() {}

    /**
     * The figures of one question.
     *
     * @param recallAt by cutoff
     */
    public record PerQuestion(
            String questionId, double ndcgAt10, Map<Integer, Double> recallAt, double mrr, double map) {
        public PerQuestion {
            recallAt = Map.copyOf(recallAt);
        }
    }

    /** One row for each question with a relevant document, in the order of {@code questions}. */
    public static List<PerQuestion> perQuestion(List<Judged> questions, List<Ranking> run, Cutoffs cutoffs) {
        Map<String, Ranking> byQuestion = new HashMap<>();
        run.forEach(ranking -> byQuestion.put(ranking.questionId(), ranking));
        return questions.stream()
                .filter(Judged::hasRelevant)
                .map(q -> of(q, byQuestion.getOrDefault(q.id(), new Ranking(q.id(), List.of())), cutoffs))
                .toList();
    }

    private static PerQuestion of(Judged question, Ranking ranking, Cutoffs cutoffs) {
        int[] grades = ranking.documents().stream()
                .mapToInt(d -> Math.max(0, question.grades().getOrDefault(d.documentId(), 0)))
                .toArray();
        int[] ideal = question.grades().values().stream()
                .filter(grade -> grade > 0)
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
        int relevant = ideal.length;
        return new PerQuestion(
                question.id(),
                discounted(grades, 10) / discounted(reversed(ideal), 10),
                cutoffs.ranks().stream()
                        .collect(Collectors.toMap(
                                cutoff -> cutoff, cutoff -> (double) found(grades, cutoff) / relevant)),
                reciprocalRank(grades),
                averagePrecision(grades, relevant));
    }

    private static int[] reversed(int[] ascending) {
        int[] out = new int[ascending.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = ascending[out.length - 1 - i];
        }
        return out;
    }

    private static double discounted(int[] grades, int cutoff) {
        double sum = 0;
        for (int i = 0; i < Math.min(cutoff, grades.length); i++) {
            sum += grades[i] * Math.log(2) / Math.log(i + 2);
        }
        return sum;
    }

    private static int found(int[] grades, int cutoff) {
        int found = 0;
        for (int i = 0; i < Math.min(cutoff, grades.length); i++) {
            found += grades[i] > 0 ? 1 : 0;
        }
        return found;
    }

    private static double reciprocalRank(int[] grades) {
        for (int i = 0; i < grades.length; i++) {
            if (grades[i] > 0) {
                return 1.0 / (i + 1);
            }
        }
        return 0;
    }

    private static double averagePrecision(int[] grades, int relevant) {
        double sum = 0;
        int found = 0;
        for (int i = 0; i < grades.length; i++) {
            if (grades[i] > 0) {
                sum += (double) ++found / (i + 1);
            }
        }
        return sum / relevant;
    }
}
