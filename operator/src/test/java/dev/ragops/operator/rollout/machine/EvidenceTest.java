package dev.ragops.operator.rollout.machine;

import static dev.ragops.operator.rollout.machine.World.TWO;
import static dev.ragops.operator.rollout.machine.World.assertEnded;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.api.v1alpha1.ComparisonSpec;
import dev.ragops.operator.rollout.judge.MetricReading;
import dev.ragops.operator.rollout.plan.Bound;
import dev.ragops.operator.rollout.plan.OnInconclusive;
import dev.ragops.operator.rollout.plan.OnNoData;
import dev.ragops.operator.rollout.plan.Share;
import dev.ragops.operator.rollout.plan.Step;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** When what is known does not decide. */
class EvidenceTest {
    @Nested
    class Without_data {
        World stale() {
            World world = World.withTarget(TWO).untilStep("mirror");
            world.feed(500, 0, 500, 0);
            world.gatewaysAnswer = false;
            return world;
        }

        @Test
        void holds_and_lets_the_deadline_wait() {
            World world = stale();
            world.pass(ofSeconds(61));
            world.settle();
            assertThat(world.reason()).isEqualTo("NoData");
            world.pass(Duration.ofHours(9));
            world.settle();
            assertThat(world.stepName()).isEqualTo("mirror");
            world.gatewaysAnswer = true;
            world.settle();
            assertThat(world.stepName()).isEqualTo("beta");
        }

        @Test
        void never_passes_a_step_nobody_used() {
            World world = World.withTarget(TWO).untilStep("mirror");
            world.pass(Duration.ofHours(9));
            world.settle();
            assertThat(world.stepName()).isEqualTo("mirror");
            assertThat(world.reason()).isEqualTo("NoData");
        }

        @Test
        void pauses_if_told_to_and_goes_on_when_the_data_comes() {
            World world = new World();
            world.onNoData = OnNoData.PAUSE;
            world.aimAt(TWO);
            world.untilStep("mirror");
            world.feed(500, 0, 500, 0);
            world.gatewaysAnswer = false;
            world.pass(ofSeconds(61));
            world.settle();
            assertThat(world.phase())
                    .isInstanceOfSatisfying(
                            Phase.AwaitingApproval.class,
                            p -> assertThat(p.why()).isEqualTo(Phase.Why.NO_DATA));
            assertThat(world.state.orElseThrow().message()).contains("approve step mirror of attempt 1");
            world.gatewaysAnswer = true;
            world.settle();
            assertThat(world.stepName()).isEqualTo("beta");
        }

        @Test
        void rolls_back_if_told_to_without_rejecting() {
            World world = new World();
            world.onNoData = OnNoData.ROLLBACK;
            world.aimAt(TWO);
            world.untilStep("mirror");
            world.pass(ofSeconds(61));
            world.settle();
            assertEnded(world, Outcome.ROLLED_BACK, Cause.NO_DATA);
            assertThat(world.state.orElseThrow().rejected()).isEmpty();
        }

        @Test
        void gives_the_first_evidence_of_a_step_time_to_come() {
            World world = new World();
            world.onNoData = OnNoData.ROLLBACK;
            world.steps = List.of(new Step.Canary("now", Share.ofPercent(10), List.of(), Duration.ZERO, 1));
            world.aimAt(TWO);
            world.settle();
            assertThat(world.reason()).isEqualTo("WaitingForEvidence");
            world.feed(10, 0, 10, 0);
            world.settle();
            assertThat(world.phase()).isInstanceOf(Phase.Watching.class);
        }

        @Test
        void gives_a_cold_candidate_its_warm_up_however_short_the_interval() {
            World world = new World();
            world.onNoData = OnNoData.ROLLBACK;
            world.interval = ofSeconds(1);
            world.steps = List.of(new Step.Shadow("now", Share.ALL, Duration.ZERO, 1));
            world.aimAt(TWO);
            world.settle();
            world.pass(ofSeconds(9));
            world.settle();
            assertThat(world.reason()).isEqualTo("WaitingForEvidence");
            world.pass(ofSeconds(2));
            world.settle();
            assertEnded(world, Outcome.ROLLED_BACK, Cause.NO_DATA);
        }

        @Test
        void a_check_without_an_answer_is_no_data() {
            World world = World.withTarget(TWO).untilStep("mirror");
            world.readings.add(new MetricReading(
                    "cost", new Bound.AtMost(BigDecimal.TEN), OptionalDouble.empty(), "connection refused"));
            world.goodStep();
            assertThat(world.reason()).isEqualTo("NoData");
            assertThat(world.state.orElseThrow().message()).contains("connection refused");
        }
    }

    @Nested
    class Inconclusive_evidence {
        World unclear(OnInconclusive how) {
            World world = new World();
            world.onInconclusive = how;
            world.aimAt(TWO);
            world.untilStep("mirror");
            world.feed(100, 2, 100, 0);
            world.pass(ofSeconds(61));
            world.settle();
            return world;
        }

        @Test
        void waits_for_a_person_or_for_more() {
            World world = unclear(OnInconclusive.PAUSE);
            assertThat(world.phase()).isInstanceOf(Phase.AwaitingApproval.class);
            assertThat(world.reason()).isEqualTo("Inconclusive");
            world.feed(400, 0, 400, 0);
            world.settle();
            assertThat(world.stepName()).isEqualTo("beta");
        }

        @Test
        void goes_on_when_a_person_says_so() {
            World world = unclear(OnInconclusive.PAUSE);
            world.approve("mirror");
            world.settle();
            assertThat(world.stepName()).isEqualTo("beta");
        }

        @Test
        void goes_on_if_told_to() {
            assertThat(unclear(OnInconclusive.CONTINUE).stepName()).isEqualTo("beta");
        }

        @Test
        void rolls_back_if_told_to_without_rejecting() {
            World world = unclear(OnInconclusive.ROLLBACK);
            assertEnded(world, Outcome.ROLLED_BACK, Cause.INCONCLUSIVE);
            assertThat(world.state.orElseThrow().rejected()).isEmpty();
        }
    }

    @Nested
    class Tracks_that_answer_from_different_documents {
        private World world() {
            World world = World.withTarget(TWO);
            world.comparisons = List.of(new ComparisonSpec(ComparisonSpec.Metric.OVERLAP_AT_K, "0.9", null));
            world.settle();
            return world;
        }

        @Test
        void hold_the_step_and_the_deadline_until_they_are_level_again() {
            World world = world();
            world.lags.put(TWO, 51L);
            world.ready(TWO, 2);
            world.feed(1000, 0, 1000, 0);
            world.pass(Duration.ofHours(9));
            world.settle();
            assertThat(world.state.orElseThrow().reason()).isEqualTo("TracksDiffer");
            assertThat(world.state.orElseThrow().message()).contains("51 changes", "50 are allowed");

            world.lags.put(TWO, 50L);
            world.ready(TWO, 2);
            world.settle();
            assertThat(world.state.orElseThrow().reason()).isNotEqualTo("TracksDiffer");
        }

        @Test
        void do_not_keep_a_breach_from_taking_users_back() {
            World world = world();
            world.lags.put(TWO, 51L);
            world.ready(TWO, 2);
            world.feed(1000, 500, 1000, 0);
            world.settle();
            assertEnded(world, Outcome.ROLLED_BACK, Cause.BREACH);
        }
    }
}
