package dev.ragops.operator.rollout.judge;

import dev.ragops.operator.rollout.evidence.Histogram;
import dev.ragops.operator.rollout.evidence.Pairs;
import dev.ragops.operator.rollout.plan.ComparisonRule;
import java.util.Locale;
import java.util.OptionalDouble;

/** Judges how far the subject's answers differ from the reference's. */
final class Comparing {
    /** Below this difference a ratio of latencies is noise to a user. */
    private static final double MIN_LATENCY_DIFFERENCE_MILLIS = 20;

    private static final double TAIL = 0.05;

    private Comparing() {}

    static Verdict judge(ComparisonRule rule, Case it) {
        return switch (rule.metric()) {
            case OVERLAP_AT_K -> mean(rule, it, it.pairs().overlapAtK());
            case RANK_BIASED_OVERLAP -> mean(rule, it, it.pairs().rankBiasedOverlap());
            case SAME_TOP_PASSAGE -> mean(rule, it, it.pairs().sameTopPassage());
            case LATENCY_P95_RATIO -> latency(rule, it);
        };
    }

    private static Verdict mean(ComparisonRule rule, Case it, double sum) {
        String name = rule.metric().wireName();
        Pairs pairs = it.pairs();
        if (pairs.count() == 0) {
            return it.mirrored()
                    ? new Verdict(name, Ruling.NO_DATA, "no pair of answers was compared yet", 0)
                    : new Verdict(name, Ruling.PASS, "no request is mirrored in this step, so nothing is compared", 0);
        }
        double mean = sum / pairs.count();
        double radius = Mean.radius(pairs.count(), SequentialJudge.ALPHA);
        String numbers =
                String.format(Locale.ROOT, "%.3f over %d pairs, %s is asked", mean, pairs.count(), rule.bound());
        if (rule.bound().holds(mean)) {
            return pairs.count() < it.minSamples()
                    ? new Verdict(name, Ruling.INCONCLUSIVE, numbers + ", too few pairs yet", pairs.count())
                    : new Verdict(name, Ruling.PASS, numbers, pairs.count());
        }
        boolean maybe = rule.bound().holds(mean + radius) || rule.bound().holds(mean - radius);
        return new Verdict(name, maybe ? Ruling.INCONCLUSIVE : Ruling.FAIL, numbers, pairs.count());
    }

    /**
     * The ratio is tested as a share: how many of the subject's answers are slower than the limit times the reference's 95th percentile, against the
     * 5 % that would be by definition.
     */
    private static Verdict latency(ComparisonRule rule, Case it) {
        String name = rule.metric().wireName();
        Histogram subject = it.subject().of("").latency();
        Histogram reference = it.reference().of("").latency();
        OptionalDouble own = subject.quantile(1 - TAIL);
        OptionalDouble other = reference.quantile(1 - TAIL);
        if (own.isEmpty() || other.isEmpty() || other.getAsDouble() <= 0) {
            return new Verdict(name, Ruling.NO_DATA, "no latency was measured on both tracks yet", 0);
        }
        double ratio = own.getAsDouble() / other.getAsDouble();
        String numbers = String.format(
                Locale.ROOT,
                "%.2f (p95 %.0f ms against %.0f ms), %s is asked",
                ratio,
                own.getAsDouble(),
                other.getAsDouble(),
                rule.bound());
        long total = subject.total();
        if (rule.bound().holds(ratio)
                || Math.abs(own.getAsDouble() - other.getAsDouble()) <= MIN_LATENCY_DIFFERENCE_MILLIS) {
            return new Verdict(name, Ruling.PASS, numbers, total);
        }
        double limit =
                Math.max(rule.limit() * other.getAsDouble(), other.getAsDouble() + MIN_LATENCY_DIFFERENCE_MILLIS);
        long slower = subject.above(limit);
        boolean sure = Bernoulli.lower(slower, total, SequentialJudge.ALPHA) > TAIL
                && reference.total() >= Math.max(20, it.minSamples());
        return new Verdict(name, sure ? Ruling.FAIL : Ruling.INCONCLUSIVE, numbers, total);
    }
}
