package dev.ragops.operator.rollout.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.operator.rollout.evidence.Counters;
import dev.ragops.operator.rollout.evidence.Histogram;
import dev.ragops.operator.rollout.evidence.Pairs;
import dev.ragops.operator.rollout.evidence.TrackEvidence;
import dev.ragops.operator.rollout.plan.Bound;
import dev.ragops.operator.rollout.plan.ComparisonRule;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SequentialJudgeTest {
    private static final Objective AVAILABILITY = new Objective.Availability("availability", "", new BigDecimal("99"));
    private static final Objective LATENCY =
            new Objective.Latency("latency", "retrieval", new BigDecimal("95"), Duration.ofMillis(300));

    private final SequentialJudge judge = new SequentialJudge();

    private static TrackEvidence track(long total, long errors, long slow, long clientErrors, Histogram latency) {
        return new TrackEvidence(
                Map.of("retrieval", new Counters(total, errors, 0, clientErrors, 0, Map.of("latency", slow), latency)));
    }

    private static TrackEvidence errors(long total, long errors) {
        return track(total, errors, errors, 0, Histogram.EMPTY);
    }

    private static Case of(TrackEvidence subject, TrackEvidence reference, long minSamples) {
        return new Case(
                subject,
                reference,
                Pairs.NONE,
                List.of(AVAILABILITY, LATENCY),
                List.of(),
                List.of(),
                false,
                Optional.empty(),
                minSamples);
    }

    private static Case compared(ComparisonRule.Metric metric, Bound bound, Pairs pairs, boolean mirrored) {
        return new Case(
                errors(1000, 0),
                errors(1000, 0),
                pairs,
                List.of(),
                List.of(new ComparisonRule(metric, bound)),
                List.of(),
                mirrored,
                Optional.empty(),
                10);
    }

    private static Bound atLeast(String limit) {
        return new Bound.AtLeast(new BigDecimal(limit));
    }

    private static Bound atMost(String limit) {
        return new Bound.AtMost(new BigDecimal(limit));
    }

    @Nested
    class An_objective {
        @Test
        void passes_within_its_budget_with_enough_samples() {
            assertThat(judge.assess(of(errors(500, 3), errors(500, 0), 500)).ruling())
                    .isEqualTo(Ruling.PASS);
        }

        @Test
        void is_inconclusive_with_too_few() {
            assertThat(judge.assess(of(errors(499, 0), errors(500, 0), 500)).ruling())
                    .isEqualTo(Ruling.INCONCLUSIVE);
        }

        @Test
        void fails_before_the_samples_are_complete_when_it_is_sure() {
            Assessment assessment = judge.assess(of(errors(40, 20), errors(500, 0), 500));
            assertThat(assessment.ruling()).isEqualTo(Ruling.FAIL);
            assertThat(assessment.summary())
                    .contains("availability")
                    .contains("20 of 40 bad")
                    .contains("budget 1.00%");
        }

        @Test
        void does_not_fail_by_one_unlucky_answer() {
            assertThat(judge.assess(of(errors(1, 1), errors(10, 0), 0)).ruling())
                    .isEqualTo(Ruling.INCONCLUSIVE);
        }

        @Test
        void says_no_data_without_answers() {
            assertThat(judge.assess(of(TrackEvidence.NONE, errors(10, 0), 0)).ruling())
                    .isEqualTo(Ruling.NO_DATA);
        }

        @Test
        void of_slow_answers_fails_alike() {
            assertThat(judge.assess(of(track(400, 0, 90, 0, Histogram.EMPTY), errors(400, 0), 100))
                            .ruling())
                    .isEqualTo(Ruling.FAIL);
        }

        @Test
        void is_inconclusive_when_the_reference_is_over_budget_too() {
            Assessment assessment = judge.assess(of(errors(400, 40), errors(400, 40), 100));
            assertThat(assessment.ruling()).isEqualTo(Ruling.INCONCLUSIVE);
            assertThat(assessment.summary()).contains("StableDegraded");
        }

        @Test
        void fails_when_it_is_much_worse_than_a_degraded_reference() {
            assertThat(judge.assess(of(errors(400, 200), errors(400, 20), 100)).ruling())
                    .isEqualTo(Ruling.FAIL);
        }

        @Test
        void for_answers_nobody_gives_is_not_held_against_it() {
            Objective generated = new Objective.Availability("generated", "generated", new BigDecimal("99"));
            Case it = new Case(
                    errors(100, 0),
                    errors(100, 0),
                    Pairs.NONE,
                    List.of(generated),
                    List.of(),
                    List.of(),
                    false,
                    Optional.empty(),
                    10);
            assertThat(judge.assess(it).ruling()).isEqualTo(Ruling.PASS);
        }

        @Test
        void of_availability_is_assumed_where_none_is_declared() {
            Case it = new Case(
                    errors(400, 100),
                    errors(400, 0),
                    Pairs.NONE,
                    List.of(),
                    List.of(),
                    List.of(),
                    false,
                    Optional.empty(),
                    10);
            assertThat(judge.assess(it).ruling()).isEqualTo(Ruling.FAIL);
        }
    }

    @Nested
    class Other_findings {
        @Test
        void more_4xx_than_the_reference_fail() {
            Case worse = of(track(500, 0, 0, 100, Histogram.EMPTY), track(500, 0, 0, 5, Histogram.EMPTY), 100);
            assertThat(judge.assess(worse).summary()).contains("clientErrors");
            assertThat(judge.assess(worse).ruling()).isEqualTo(Ruling.FAIL);
            Case same = of(track(500, 0, 0, 100, Histogram.EMPTY), track(500, 0, 0, 100, Histogram.EMPTY), 100);
            assertThat(judge.assess(same).ruling()).isEqualTo(Ruling.PASS);
        }

        @Test
        void an_ejection_fails_unless_stable_sheds_too() {
            Case ejected = new Case(
                    errors(100, 0),
                    errors(100, 0),
                    Pairs.NONE,
                    List.of(AVAILABILITY),
                    List.of(),
                    List.of(),
                    false,
                    Optional.of("fallbacks"),
                    0);
            assertThat(judge.assess(ejected).ruling()).isEqualTo(Ruling.FAIL);
            Case overload = new Case(
                    errors(100, 0),
                    errors(100, 50),
                    Pairs.NONE,
                    List.of(AVAILABILITY),
                    List.of(),
                    List.of(),
                    false,
                    Optional.of("stable sheds"),
                    0);
            assertThat(judge.assess(overload).ruling()).isEqualTo(Ruling.INCONCLUSIVE);
        }

        @Test
        void a_prometheus_value_passes_or_fails_by_its_bound() {
            for (boolean good : new boolean[] {true, false}) {
                Case it = new Case(
                        errors(100, 0),
                        errors(100, 0),
                        Pairs.NONE,
                        List.of(AVAILABILITY),
                        List.of(),
                        List.of(new MetricReading("cost", atMost("2"), OptionalDouble.of(good ? 1 : 3), "")),
                        false,
                        Optional.empty(),
                        0);
                assertThat(judge.assess(it).ruling()).isEqualTo(good ? Ruling.PASS : Ruling.FAIL);
            }
        }

        @Test
        void nothing_to_judge_is_no_data() {
            assertThat(new Assessment(List.of()).ruling()).isEqualTo(Ruling.NO_DATA);
            assertThat(new Assessment(List.of()).summary()).isEqualTo("no check is configured");
        }
    }

    @Nested
    class A_comparison {
        @Test
        void of_means_passes_fails_or_may_be_chance() {
            for (ComparisonRule.Metric metric : List.of(
                    ComparisonRule.Metric.OVERLAP_AT_K,
                    ComparisonRule.Metric.RANK_BIASED_OVERLAP,
                    ComparisonRule.Metric.SAME_TOP_PASSAGE)) {
                assertThat(judge.assess(compared(metric, atLeast("0.6"), new Pairs(500, 400, 400, 400, 0, 0), true))
                                .ruling())
                        .isEqualTo(Ruling.PASS);
                assertThat(judge.assess(compared(metric, atLeast("0.6"), new Pairs(500, 100, 100, 100, 0, 0), true))
                                .ruling())
                        .isEqualTo(Ruling.FAIL);
                assertThat(judge.assess(compared(metric, atLeast("0.6"), new Pairs(20, 11, 11, 11, 0, 0), true))
                                .ruling())
                        .isEqualTo(Ruling.INCONCLUSIVE);
                assertThat(judge.assess(compared(metric, atLeast("0.6"), new Pairs(5, 5, 5, 5, 0, 0), true))
                                .ruling())
                        .isEqualTo(Ruling.INCONCLUSIVE);
            }
        }

        @Test
        void without_pairs_is_no_data_only_where_requests_are_mirrored() {
            ComparisonRule.Metric metric = ComparisonRule.Metric.OVERLAP_AT_K;
            assertThat(judge.assess(compared(metric, atLeast("0.6"), Pairs.NONE, true))
                            .ruling())
                    .isEqualTo(Ruling.NO_DATA);
            assertThat(judge.assess(compared(metric, atLeast("0.6"), Pairs.NONE, false))
                            .ruling())
                    .isEqualTo(Ruling.PASS);
        }

        private Assessment latency(Histogram subject, Histogram reference) {
            return judge.assess(new Case(
                    track(subject.total(), 0, 0, 0, subject),
                    track(reference.total(), 0, 0, 0, reference),
                    Pairs.NONE,
                    List.of(),
                    List.of(new ComparisonRule(ComparisonRule.Metric.LATENCY_P95_RATIO, atMost("1.5"))),
                    List.of(),
                    false,
                    Optional.empty(),
                    10));
        }

        private static final List<Double> BOUNDS = List.of(10.0, 20.0, 50.0, 100.0, 200.0);

        @Test
        void of_latency_counts_only_above_twenty_milliseconds() {
            Histogram fast = new Histogram(BOUNDS, List.of(500L, 0L, 0L, 0L, 0L, 0L));
            Histogram twice = new Histogram(BOUNDS, List.of(0L, 500L, 0L, 0L, 0L, 0L));
            assertThat(latency(twice, fast).ruling()).isEqualTo(Ruling.PASS);
        }

        @Test
        void of_latency_fails_when_it_is_clearly_slower() {
            Histogram fast = new Histogram(BOUNDS, List.of(0L, 500L, 0L, 0L, 0L, 0L));
            Histogram slow = new Histogram(BOUNDS, List.of(0L, 0L, 0L, 0L, 500L, 0L));
            assertThat(latency(slow, fast).ruling()).isEqualTo(Ruling.FAIL);
            assertThat(latency(fast, slow).ruling()).isEqualTo(Ruling.PASS);
        }

        @Test
        void of_latency_is_inconclusive_with_few_answers_and_no_data_with_none() {
            Histogram fast = new Histogram(BOUNDS, List.of(0L, 500L, 0L, 0L, 0L, 0L));
            Histogram few = new Histogram(BOUNDS, List.of(0L, 30L, 0L, 0L, 3L, 0L));
            assertThat(latency(few, fast).ruling()).isEqualTo(Ruling.INCONCLUSIVE);
            Case none = new Case(
                    errors(100, 0),
                    errors(100, 0),
                    Pairs.NONE,
                    List.of(),
                    List.of(new ComparisonRule(ComparisonRule.Metric.LATENCY_P95_RATIO, atMost("1.5"))),
                    List.of(),
                    false,
                    Optional.empty(),
                    10);
            assertThat(judge.assess(none).ruling()).isEqualTo(Ruling.NO_DATA);
        }
    }

    /** Looking after every single event, ever, raises a false alarm in at most alpha of the runs. Seeds are fixed. */
    @Nested
    class Looked_at_all_the_time {
        private static final int RUNS = 1500;
        private static final int EVENTS = 3000;

        @Test
        void a_share_exactly_at_the_budget_seldom_fails() {
            int alarms = 0;
            for (int run = 0; run < RUNS; run++) {
                Random random = new Random(run);
                long bad = 0;
                for (int n = 1; n <= EVENTS; n++) {
                    boolean now = random.nextDouble() < 0.05;
                    bad += now ? 1 : 0;
                    // The lower end rises with bad events only, so looking there is looking always.
                    if (now && Bernoulli.lower(bad, n, 0.05) > 0.05) {
                        alarms++;
                        break;
                    }
                }
            }
            assertThat(alarms / (double) RUNS).isLessThanOrEqualTo(0.05);
        }

        @Test
        void a_share_of_five_times_the_budget_fails_within_a_few_hundred_events() {
            int found = 0;
            for (int run = 0; run < 200; run++) {
                Random random = new Random(run);
                long bad = 0;
                for (int n = 1; n <= 500; n++) {
                    bad += random.nextDouble() < 0.05 ? 1 : 0;
                    if (Bernoulli.lower(bad, n, SequentialJudge.ALPHA / 2) > 0.01) {
                        found++;
                        break;
                    }
                }
            }
            assertThat(found).isGreaterThanOrEqualTo(190);
        }

        @Test
        void the_interval_holds_the_share_and_shrinks() {
            assertThat(Bernoulli.lower(0, 100, 0.05)).isZero();
            assertThat(Bernoulli.upper(0, 0, 0.05)).isEqualTo(1);
            assertThat(Bernoulli.lower(100, 100, 0.05)).isBetween(0.9, 1.0);
            double before = 1;
            for (long n : new long[] {100, 1_000, 10_000, 100_000}) {
                double lower = Bernoulli.lower(n / 10, n, 0.05);
                double upper = Bernoulli.upper(n / 10, n, 0.05);
                assertThat(lower).isLessThan(0.1);
                assertThat(upper).isGreaterThan(0.1);
                assertThat(upper - lower).isLessThan(before);
                before = upper - lower;
            }
            assertThat(before).isLessThan(0.01);
        }
    }
}
