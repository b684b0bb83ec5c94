package dev.ragops.operator.rollout.machine;

import static dev.ragops.operator.rollout.machine.World.HALF;
import static dev.ragops.operator.rollout.machine.World.ONE;
import static dev.ragops.operator.rollout.machine.World.TWO;
import static dev.ragops.operator.rollout.machine.World.assertEnded;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LaunchingTest {
    @Nested
    class While_nothing_runs {
        @Test
        void asks_for_what_users_already_have() {
            World world = new World();
            world.settle();
            assertThat(world.phase()).isEqualTo(new Phase.Idle(Phase.Rest.UP_TO_DATE));
            assertThat(world.traffic().stable()).isEqualTo(ONE.name());
            assertThat(world.traffic().seq()).isEqualTo(1);
        }

        @Test
        void leaves_the_first_revision_to_the_model() {
            World world = new World();
            world.route = RouteView.NONE;
            world.settle();
            assertThat(world.phase()).isEqualTo(new Phase.Idle(Phase.Rest.FIRST_REVISION));
            assertThat(world.state.orElseThrow().traffic()).isEmpty();
        }

        @Test
        void waits_for_a_target() {
            World world = new World();
            world.target = Optional.empty();
            world.settle();
            assertThat(world.phase()).isEqualTo(new Phase.Idle(Phase.Rest.NO_TARGET));
        }

        @Test
        void starts_nothing_while_the_model_is_paused() {
            World world = World.withTarget(TWO);
            world.paused = true;
            world.settle();
            assertThat(world.phase()).isEqualTo(new Phase.Idle(Phase.Rest.FROZEN));
            world.paused = false;
            assertThat(world.decide().phase()).isInstanceOf(Phase.Starting.class);
        }

        @Test
        void decides_the_same_again_for_an_unchanged_world() {
            World world = World.withTarget(TWO);
            State settled = world.settle();
            assertThat(world.decide()).isEqualTo(settled);
            assertThat(world.lastHappenings).isEmpty();
        }
    }

    @Nested
    class Starting {
        @Test
        void gives_the_candidate_pods_but_no_user() {
            World world = World.withTarget(TWO);
            world.is(TWO, new Readiness.Pending("pulling the image"));
            world.settle();
            assertThat(world.phase()).isInstanceOf(Phase.Starting.class);
            assertThat(world.traffic().candidate()).contains(TWO.name());
            assertThat(world.traffic().split()).isEqualTo(new Split.None());
            assertThat(world.traffic().floor()).isEqualTo(2);
            assertThat(world.state.orElseThrow().message()).contains("pulling the image");
        }

        @Test
        void stops_without_rejecting_when_nothing_gets_ready() {
            World world = World.withTarget(TWO);
            world.is(TWO, new Readiness.Pending("quota exceeded"));
            world.settle();
            world.pass(Duration.ofHours(2));
            world.settle();
            assertEnded(world, Outcome.STOPPED, Cause.DEADLINE);
            assertThat(world.state.orElseThrow().rejected()).isEmpty();
            assertThat(world.state.orElseThrow().message()).contains("quota exceeded");
        }

        @Test
        void does_not_count_time_while_indexing_moves() {
            World world = World.withTarget(TWO);
            for (int done = 1; done < 10; done++) {
                world.is(TWO, new Readiness.Indexing(done, 10));
                world.settle();
                assertThat(world.phase()).isInstanceOf(Phase.Starting.class);
                assertThat(world.reason()).isEqualTo("Indexing");
                world.pass(Duration.ofMinutes(90));
            }
            world.pass(Duration.ofMinutes(90));
            world.settle();
            assertEnded(world, Outcome.STOPPED, Cause.DEADLINE);
        }

        @Test
        void does_not_count_time_while_the_model_is_paused() {
            World world = World.withTarget(TWO);
            world.is(TWO, new Readiness.Pending("starting"));
            world.settle();
            world.paused = true;
            world.settle();
            assertThat(world.reason()).isEqualTo("ModelPaused");
            world.pass(Duration.ofHours(5));
            world.settle();
            assertThat(world.phase()).isInstanceOf(Phase.Starting.class);
        }

        @Test
        void rejects_an_invalid_bundle() {
            World world = World.withTarget(TWO);
            world.is(TWO, new Readiness.Invalid("manifest.json: wrong digest of rag.yaml"));
            world.settle();
            assertEnded(world, Outcome.ROLLED_BACK, Cause.INVALID_BUNDLE);
            assertThat(world.state.orElseThrow().hasRejected(TWO)).isTrue();
            assertThat(world.state.orElseThrow().message()).contains("wrong digest of rag.yaml");
        }

        @Test
        void waits_for_as_many_pods_as_the_first_share_needs() {
            World world = World.withTarget(TWO);
            world.ready(TWO, 1);
            world.settle();
            assertThat(world.phase()).isInstanceOf(Phase.Starting.class);
            world.ready(TWO, 2);
            world.settle();
            assertThat(world.stepName()).isEqualTo("mirror");
        }

        @Test
        void runs_the_plan_as_it_was_at_the_start() {
            World world = World.withTarget(TWO).untilStep("mirror");
            world.steps = List.of(HALF);
            world.settle();
            assertThat(world.run().plan().steps()).hasSize(4);
            assertThat(world.stepName()).isEqualTo("mirror");
        }
    }
}
