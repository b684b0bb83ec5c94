package dev.ragops.operator.rollout.judge;

import dev.ragops.operator.rollout.evidence.Counters;
import dev.ragops.operator.rollout.plan.ComparisonRule;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Judges every objective as a budget of bad events by confidence intervals that hold at every moment at once.
 *
 * <p>Fail: the lower end of the subject's bad share is above the budget, or above the upper end of the reference's by more than the budget. Pass:
 * at least {@code minSamples} events and a share within the budget. Everything between is inconclusive. If the reference itself is over budget, an
 * absolute breach says nothing about the subject and is inconclusive too.
 */
public final class SequentialJudge implements Judge {
    /** Risk of a false alarm per check and rollout step, over all looks together. */
    static final double ALPHA = 0.01;

    /** Other 4xx may exceed the reference's share by a percentage point before they are held against the subject. */
    private static final double CLIENT_ERROR_MARGIN = 0.01;

    private static final Objective DEFAULT = new Objective.Availability("availability", "", new BigDecimal("99"));

    @Override
    public Assessment assess(Case it) {
        List<Verdict> verdicts = new ArrayList<>();
        it.ejected()
                .ifPresent(why -> verdicts.add(new Verdict(
                        "ejection",
                        ejectionRuling(it),
                        "a gateway took it out by itself: " + why,
                        it.subject().total())));
        List<Objective> objectives = it.objectives().isEmpty() ? List.of(DEFAULT) : it.objectives();
        objectives.forEach(objective -> verdicts.add(judge(objective, it)));
        verdicts.add(clientErrors(it));
        for (ComparisonRule rule : it.comparisons()) {
            verdicts.add(Comparing.judge(rule, it));
        }
        it.readings().forEach(reading -> verdicts.add(judge(reading, it)));
        return new Assessment(verdicts);
    }

    /** A gateway also ejects when stable sheds: then it is not the candidate's fault. */
    private static Ruling ejectionRuling(Case it) {
        return degraded(DEFAULT, it.reference().of("")) ? Ruling.INCONCLUSIVE : Ruling.FAIL;
    }

    private static Verdict judge(Objective objective, Case it) {
        Counters subject = it.subject().of(objective.answerClass());
        Counters reference = it.reference().of(objective.answerClass());
        long total = subject.total();
        if (total == 0) {
            boolean noSuchAnswers = !objective.answerClass().isEmpty()
                    && reference.total() == 0
                    && it.subject().total() > 0;
            return noSuchAnswers
                    ? new Verdict(
                            objective.name(),
                            Ruling.PASS,
                            "no track gave a " + objective.answerClass()
                                    + " answer, so there is nothing to hold against it",
                            0)
                    : new Verdict(objective.name(), Ruling.NO_DATA, "no answer was counted yet", 0);
        }
        if (!objective.isCountedIn(subject)) {
            return new Verdict(
                    objective.name(),
                    Ruling.NO_DATA,
                    "the gateways do not count it in this generation of the route",
                    0);
        }
        long bad = objective.bad(subject);
        double share = (double) bad / total;
        double budget = objective.budget();
        String numbers = numbers(bad, total, budget, objective.bad(reference), reference.total());
        double atLeast = Bernoulli.lower(bad, total, ALPHA / 2);
        double referenceAtMost = Bernoulli.upper(objective.bad(reference), reference.total(), ALPHA / 2);
        if (reference.total() > 0 && atLeast > referenceAtMost + budget) {
            return new Verdict(objective.name(), Ruling.FAIL, "worse than the reference: " + numbers, total);
        }
        if (atLeast > budget) {
            return degraded(objective, reference)
                    ? new Verdict(
                            objective.name(),
                            Ruling.INCONCLUSIVE,
                            "StableDegraded: the reference is over budget too: " + numbers,
                            total)
                    : new Verdict(objective.name(), Ruling.FAIL, "over budget: " + numbers, total);
        }
        if (total < it.minSamples()) {
            return new Verdict(
                    objective.name(), Ruling.INCONCLUSIVE, numbers + ", " + it.minSamples() + " are needed", total);
        }
        return share <= budget
                ? new Verdict(objective.name(), Ruling.PASS, numbers, total)
                : new Verdict(
                        objective.name(), Ruling.INCONCLUSIVE, "over budget, but it may be chance: " + numbers, total);
    }

    /** Two bad events at least: one alone is over any budget when few were counted. */
    private static boolean degraded(Objective objective, Counters reference) {
        long bad = objective.bad(reference);
        return bad >= 2 && (double) bad / reference.total() > objective.budget();
    }

    private static Verdict clientErrors(Case it) {
        Counters subject = it.subject().of("");
        Counters reference = it.reference().of("");
        if (subject.total() == 0) {
            return new Verdict("clientErrors", Ruling.NO_DATA, "no answer was counted yet", 0);
        }
        String numbers = subject.clientErrors() + " of " + subject.total() + " answers are 4xx, the reference has "
                + reference.clientErrors() + " of " + reference.total();
        boolean worse = reference.total() > 0
                && Bernoulli.lower(Math.min(subject.clientErrors(), subject.total()), subject.total(), ALPHA / 2)
                        > Bernoulli.upper(
                                        Math.min(reference.clientErrors(), reference.total()),
                                        reference.total(),
                                        ALPHA / 2)
                                + CLIENT_ERROR_MARGIN;
        return new Verdict("clientErrors", worse ? Ruling.FAIL : Ruling.PASS, numbers, subject.total());
    }

    private static Verdict judge(MetricReading reading, Case it) {
        long samples = it.subject().total();
        if (reading.value().isEmpty()) {
            return new Verdict(reading.name(), Ruling.NO_DATA, reading.problem(), samples);
        }
        double value = reading.value().getAsDouble();
        String numbers = String.format(Locale.ROOT, "%.4g, %s is asked", value, reading.bound());
        return new Verdict(reading.name(), reading.bound().holds(value) ? Ruling.PASS : Ruling.FAIL, numbers, samples);
    }

    private static String numbers(long bad, long total, double budget, long referenceBad, long referenceTotal) {
        return String.format(
                Locale.ROOT,
                "%d of %d bad (%.2f%%, budget %.2f%%), the reference has %d of %d",
                bad,
                total,
                100.0 * bad / total,
                100 * budget,
                referenceBad,
                referenceTotal);
    }
}
