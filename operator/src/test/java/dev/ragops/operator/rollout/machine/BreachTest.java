package dev.ragops.operator.rollout.machine;

import static dev.ragops.operator.rollout.machine.World.ONE;
import static dev.ragops.operator.rollout.machine.World.TWO;
import static dev.ragops.operator.rollout.machine.World.assertEnded;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.operator.rollout.evidence.Ejection;
import dev.ragops.operator.rollout.judge.MetricReading;
import dev.ragops.operator.rollout.plan.Bound;
import dev.ragops.operator.rollout.plan.Share;
import dev.ragops.operator.rollout.plan.Watch;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class BreachTest {
    @Nested
    class A_breach {
        @Test
        void takes_users_back_at_the_next_look_and_rejects_the_version() {
            World world = World.withTarget(TWO).untilStep("half");
            world.feed(200, 60, 200, 0);
            world.pass(ofSeconds(5));
            world.decide();
            assertThat(world.phase()).isInstanceOf(Phase.RollingBack.class);
            assertThat(world.traffic().stable()).isEqualTo(ONE.name());
            assertThat(world.traffic().candidate()).isEmpty();
            assertThat(world.traffic().split()).isEqualTo(new Split.None());
            world.settle();
            assertEnded(world, Outcome.ROLLED_BACK, Cause.BREACH);
            assertThat(world.state.orElseThrow().hasRejected(TWO)).isTrue();
            assertThat(world.state.orElseThrow().stable()).contains(ONE);
            assertThat(world.told("RolledBack")).isTrue();
        }

        @Test
        void ends_a_pause_too() {
            World world = World.withTarget(TWO).untilStep("review");
            world.settle();
            world.feed(200, 60, 200, 0);
            world.settle();
            assertEnded(world, Outcome.ROLLED_BACK, Cause.BREACH);
        }

        @Test
        void is_found_while_a_gateway_lags() {
            World world = World.withTarget(TWO).untilStep("half");
            RouteView r = world.route;
            world.route = new RouteView(
                    r.generation(), r.appliedSeq(), r.stable(), r.candidate(), false, List.of("new-gateway"));
            world.feed(200, 60, 200, 0);
            world.decide();
            assertThat(world.phase()).isInstanceOf(Phase.RollingBack.class);
        }

        @Test
        void is_not_blamed_on_the_candidate_when_stable_breaks_too() {
            World world = World.withTarget(TWO).untilStep("half");
            world.feed(200, 60, 200, 60);
            world.pass(ofSeconds(61));
            world.settle();
            assertThat(world.phase())
                    .isInstanceOfSatisfying(
                            Phase.AwaitingApproval.class,
                            p -> assertThat(p.why()).isEqualTo(Phase.Why.INCONCLUSIVE));
            assertThat(world.state.orElseThrow().message()).contains("StableDegraded");
            assertThat(world.state.orElseThrow().rejected()).isEmpty();
        }

        @Test
        void includes_an_ejection_by_a_gateway() {
            World world = World.withTarget(TWO).untilStep("half");
            world.ejection = Optional.of(new Ejection(TWO.name(), world.route.generation(), "31 % fallbacks"));
            world.settle();
            assertEnded(world, Outcome.ROLLED_BACK, Cause.BREACH);
            assertThat(world.state.orElseThrow().message()).contains("31 % fallbacks");
        }

        @Test
        void works_while_the_model_is_paused() {
            World world = World.withTarget(TWO).untilStep("half");
            world.paused = true;
            world.feed(200, 60, 200, 0);
            world.settle();
            assertEnded(world, Outcome.ROLLED_BACK, Cause.BREACH);
        }

        @Test
        void of_a_prometheus_check_counts() {
            World world = World.withTarget(TWO).untilStep("half");
            world.readings.add(
                    new MetricReading("cost", new Bound.AtMost(new BigDecimal("2")), OptionalDouble.of(3.5), ""));
            world.settle();
            assertEnded(world, Outcome.ROLLED_BACK, Cause.BREACH);
            assertThat(world.state.orElseThrow().message()).contains("cost");
        }

        @Test
        void while_waiting_for_pods_to_promote_takes_users_back() {
            World world = World.withTarget(TWO).untilStep("half");
            world.ready(TWO, 1);
            world.goodStep();
            assertThat(world.phase()).isInstanceOf(Phase.Promoting.class);
            world.feed(500, 250, 500, 0);
            world.settle();
            assertEnded(world, Outcome.ROLLED_BACK, Cause.BREACH);
        }

        @Test
        void waits_until_every_gateway_took_the_candidate_out() {
            World world = World.withTarget(TWO).untilStep("half");
            world.gatewaysApply = false;
            world.feed(200, 60, 200, 0);
            world.decide();
            world.decide();
            world.pass(Duration.ofHours(10));
            world.decide();
            assertThat(world.phase()).isInstanceOf(Phase.RollingBack.class);
            world.gatewaysApply = true;
            world.realise();
            world.settle();
            assertEnded(world, Outcome.ROLLED_BACK, Cause.BREACH);
        }
    }

    @Nested
    class Without_pods_to_go_back_to {
        @Test
        void the_previous_revision_is_named_until_its_first_pod_is_ready() {
            World world = World.withTarget(TWO);
            world.watch = new Watch(Duration.ZERO, Share.ofPercent(5), 0);
            world.untilStep("half");
            world.feed(500, 0, 500, 0);
            world.pass(ofSeconds(61));
            world.gatewaysApply = false;
            world.decide();
            world.decide();
            assertThat(world.traffic().stable()).isEqualTo(TWO.name());
            world.is(ONE, new Readiness.Pending("it has no pods"));
            world.abort();

            world.decide();

            assertThat(world.traffic().stable()).isEqualTo(TWO.name());
            assertThat(world.traffic().control()).contains(ONE.name());
            assertThat(world.traffic().split()).isEqualTo(new Split.None());
            world.gatewaysApply = true;
            world.settle();
            world.ready(ONE, 1);
            world.settle();
            assertThat(world.traffic().stable()).isEqualTo(ONE.name());
            assertEnded(world, Outcome.ABORTED, Cause.ABORT);
        }
    }
}
