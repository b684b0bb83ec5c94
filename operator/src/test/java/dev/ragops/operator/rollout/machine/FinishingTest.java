package dev.ragops.operator.rollout.machine;

import static dev.ragops.operator.rollout.machine.World.ONE;
import static dev.ragops.operator.rollout.machine.World.TWO;
import static dev.ragops.operator.rollout.machine.World.assertEnded;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.operator.rollout.plan.OnInconclusive;
import dev.ragops.operator.rollout.plan.OnNoData;
import dev.ragops.operator.rollout.plan.Share;
import dev.ragops.operator.rollout.plan.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FinishingTest {
    @Nested
    class Promoting {
        @Test
        void gives_up_at_the_deadline() {
            World world = World.withTarget(TWO).untilStep("half");
            world.ready(TWO, 1);
            world.goodStep();
            world.pass(Duration.ofHours(3));
            world.settle();
            assertEnded(world, Outcome.STOPPED, Cause.DEADLINE);
            assertThat(world.traffic().stable()).isEqualTo(ONE.name());
        }

        @Test
        void stands_still_while_the_model_is_paused() {
            World world = World.withTarget(TWO).untilStep("half");
            world.ready(TWO, 1);
            world.goodStep();
            world.paused = true;
            world.settle();
            world.ready(TWO, 2);
            world.pass(Duration.ofHours(9));
            world.settle();
            assertThat(world.phase()).isInstanceOf(Phase.Promoting.class);
            assertThat(world.traffic().stable()).isEqualTo(ONE.name());
        }

        @Test
        void can_be_taken_back_before_all_gateways_followed() {
            World world = World.withTarget(TWO).untilStep("half");
            world.feed(500, 0, 500, 0);
            world.pass(ofSeconds(61));
            world.gatewaysApply = false;
            world.decide();
            world.decide();
            assertThat(world.traffic().stable()).isEqualTo(TWO.name());
            assertThat(world.state.orElseThrow().stable()).contains(ONE);
            world.abort();
            world.decide();
            assertThat(world.traffic().stable()).isEqualTo(ONE.name());
        }
    }

    @Nested
    class Watching {
        @Test
        void takes_users_back_to_the_previous_revision() {
            World world = World.withTarget(TWO).untilWatching();
            world.feed(500, 100, 50, 0);
            world.decide();
            assertThat(world.traffic().stable()).isEqualTo(ONE.name());
            world.settle();
            assertEnded(world, Outcome.ROLLED_BACK, Cause.BREACH);
            assertThat(world.state.orElseThrow().stable()).contains(ONE);
            assertThat(world.state.orElseThrow().hasRejected(TWO)).isTrue();
        }

        @Test
        void does_not_blame_the_version_for_a_bad_day() {
            World world = World.withTarget(TWO).untilWatching();
            world.feed(500, 100, 500, 100);
            world.pass(Duration.ofMinutes(11));
            world.settle();
            assertThat(world.phase()).isInstanceOf(Phase.Watching.class);
            assertThat(world.reason()).isEqualTo("Inconclusive");
            world.approve(Watch.NAME);
            world.settle();
            assertEnded(world, Outcome.SUCCEEDED, Cause.PROMOTED);
        }

        @Test
        void does_not_send_users_to_a_revision_without_pods() {
            World world = World.withTarget(TWO).untilWatching();
            world.ready(ONE, 0);
            world.feed(500, 100, 50, 0);
            world.settle();
            assertThat(world.phase()).isInstanceOf(Phase.RollingBack.class);
            assertThat(world.traffic().stable()).isEqualTo(TWO.name());
            assertThat(world.state.orElseThrow().message()).contains("waiting for a ready pod");
            world.ready(ONE, 1);
            world.settle();
            assertEnded(world, Outcome.ROLLED_BACK, Cause.BREACH);
        }

        @Test
        void can_be_aborted() {
            World world = World.withTarget(TWO).untilWatching();
            world.abort();
            world.settle();
            assertEnded(world, Outcome.ABORTED, Cause.ABORT);
            assertThat(world.traffic().stable()).isEqualTo(ONE.name());
        }

        @Test
        void goes_back_at_once_when_the_alias_does() {
            World world = World.withTarget(TWO).untilWatching();
            world.target = Optional.of(ONE);
            world.settle();
            assertThat(world.phase()).isEqualTo(new Phase.Idle(Phase.Rest.UP_TO_DATE));
            assertThat(world.state.orElseThrow().stable()).contains(ONE);
            assertThat(world.state.orElseThrow().rejected()).isEmpty();
        }

        @Test
        void goes_on_without_data() {
            World world = World.withTarget(TWO).untilWatching();
            world.pass(Duration.ofDays(1));
            world.settle();
            assertThat(world.phase()).isInstanceOf(Phase.Watching.class);
            assertThat(world.reason()).isEqualTo("NoData");
        }

        @Test
        void waits_for_its_samples() {
            World world = World.withTarget(TWO).untilWatching();
            world.feed(99, 0, 9, 0);
            world.pass(Duration.ofMinutes(11));
            world.settle();
            assertThat(world.reason()).isEqualTo("WaitingForSamples");
        }

        @Test
        void does_not_end_while_the_model_is_paused() {
            World world = World.withTarget(TWO).untilWatching();
            world.feed(1000, 0, 50, 0);
            world.paused = true;
            world.pass(Duration.ofMinutes(11));
            world.settle();
            assertThat(world.phase()).isInstanceOf(Phase.Watching.class);
        }

        @Test
        void follows_the_plan_without_data_and_when_unclear() {
            for (boolean data : new boolean[] {true, false}) {
                World world = new World();
                world.onNoData = OnNoData.ROLLBACK;
                world.onInconclusive = OnInconclusive.ROLLBACK;
                world.aimAt(TWO);
                world.untilWatching();
                if (data) {
                    world.feed(100, 2, 50, 0);
                }
                world.pass(Duration.ofMinutes(11));
                world.settle();
                assertEnded(world, Outcome.ROLLED_BACK, data ? Cause.INCONCLUSIVE : Cause.NO_DATA);
            }
        }

        @Test
        void continues_or_asks_as_the_plan_says() {
            World world = new World();
            world.onNoData = OnNoData.PAUSE;
            world.onInconclusive = OnInconclusive.CONTINUE;
            world.aimAt(TWO);
            world.untilWatching();
            world.pass(Duration.ofMinutes(11));
            world.settle();
            assertThat(world.phase())
                    .isInstanceOfSatisfying(
                            Phase.Watching.class, w -> assertThat(w.awaiting()).contains(Phase.Why.NO_DATA));
            world.feed(100, 2, 50, 0);
            world.settle();
            assertEnded(world, Outcome.SUCCEEDED, Cause.PROMOTED);
        }

        @Test
        void is_left_out_when_its_time_is_zero() {
            World world = new World();
            world.watch = new Watch(Duration.ZERO, Share.NONE, 0);
            world.aimAt(TWO);
            world.untilStep("half").goodStep();
            assertEnded(world, Outcome.SUCCEEDED, Cause.PROMOTED);
            assertThat(world.traffic().stable()).isEqualTo(TWO.name());
        }

        @Test
        void starts_its_clock_again_when_the_route_moves_under_it() {
            World world = World.withTarget(TWO).untilWatching();
            world.pass(Duration.ofMinutes(9));
            RouteView r = world.route;
            world.route = new RouteView(r.generation() + 1, r.appliedSeq(), r.stable(), r.candidate(), true, List.of());
            world.settle();
            world.feed(1000, 0, 50, 0);
            world.pass(Duration.ofMinutes(2));
            world.settle();
            assertThat(world.phase()).isInstanceOf(Phase.Watching.class);
        }
    }

    @Test
    void an_outcome_is_marked_once_the_registry_was_told() {
        World world = World.withTarget(TWO).untilStep("half");
        world.abort();
        world.settle();
        assertThat(world.state.orElseThrow().history().getFirst().reported()).isFalse();
        world.reported.add(1L);
        world.settle();
        assertThat(world.state.orElseThrow().history().getFirst().reported()).isTrue();
    }
}
