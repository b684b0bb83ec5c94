package dev.ragops.operator.rollout.machine;

import static dev.ragops.operator.rollout.machine.World.ONE;
import static dev.ragops.operator.rollout.machine.World.THREE;
import static dev.ragops.operator.rollout.machine.World.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LostGroundTest {
    @Nested
    class When_the_ground_moves {
        @Test
        void remembers_what_a_person_asked_for_meanwhile() {
            World world = World.withTarget(TWO).untilStep("review");
            world.modelExists = false;
            world.approve("review");
            world.decide();
            world.intents = Intents.NONE;
            world.modelExists = true;
            world.settle();
            assertThat(world.state.orElseThrow().phase())
                    .isInstanceOfSatisfying(
                            Phase.Progressing.class, p -> assertThat(p.step()).isEqualTo(3));
        }

        @Test
        void says_that_the_model_is_missing_and_goes_on_when_it_is_back() {
            World world = World.withTarget(TWO).untilStep("half");
            world.modelExists = false;
            world.settle();
            assertThat(world.state.orElseThrow().blocked()).contains(State.Block.MODEL_NOT_FOUND);
            world.pass(Duration.ofHours(9));
            world.modelExists = true;
            world.settle();
            assertThat(world.stepName()).isEqualTo("half");
            assertThat(world.state.orElseThrow().blocked()).isEmpty();
        }

        @Test
        void says_so_for_a_rollout_that_never_had_a_model() {
            World world = new World();
            world.modelExists = false;
            world.settle();
            assertThat(world.state.orElseThrow().blocked()).contains(State.Block.MODEL_NOT_FOUND);
        }

        @Test
        void keeps_each_phase_while_the_model_is_gone() {
            for (String phase : List.of("starting", "promoting", "awaiting", "watching", "idle")) {
                World world = World.withTarget(TWO);
                switch (phase) {
                    case "starting" -> world.is(TWO, new Readiness.Pending("x"));
                    case "promoting" -> {
                        world.untilStep("half");
                        world.ready(TWO, 1);
                        world.goodStep();
                    }
                    case "awaiting" -> world.untilStep("review");
                    case "watching" -> world.untilWatching();
                    default -> world.target = Optional.of(ONE);
                }
                world.settle();
                Class<?> before = world.phase().getClass();
                world.modelExists = false;
                world.settle();
                world.pass(Duration.ofHours(9));
                world.settle();
                world.modelExists = true;
                world.settle();
                assertThat(world.phase()).as(phase).isInstanceOf(before);
            }
        }

        @Test
        void explains_every_reason_not_to_decide() {
            World world = new World();
            world.deleting = true;
            assertThat(world.decide().blocked()).contains(State.Block.MODEL_DELETING);
            world.deleting = false;
            world.direct = true;
            assertThat(world.decide().blocked()).contains(State.Block.DIRECT);
            world.direct = false;
            world.boundTo = Optional.empty();
            assertThat(world.decide().blocked()).contains(State.Block.NOT_BOUND);
            world.boundTo = Optional.of(new RolloutId("first", "older"));
            assertThat(world.decide().blocked()).contains(State.Block.ANOTHER_ROLLOUT);
            assertThat(world.state.orElseThrow().message()).contains("RagRollout first decides");
        }

        @Test
        void starts_over_for_a_model_made_again() {
            World world = World.withTarget(TWO).untilStep("half");
            world.modelUid = "another-uid";
            world.route = new RouteView(1, 0, Optional.of(ONE.name()), Optional.empty(), true, List.of());
            world.settle();
            assertThat(world.told("ModelReplaced")).isTrue();
            assertThat(world.traffic().modelUid()).isEqualTo("another-uid");
            assertThat(world.stepName()).isEqualTo("mirror");
        }

        @Test
        void forgets_the_stable_of_a_model_that_is_gone() {
            World world = World.withTarget(TWO).untilStep("half");
            world.modelUid = "another-uid";
            world.route = RouteView.NONE;
            world.settle();
            assertThat(world.phase()).isEqualTo(new Phase.Idle(Phase.Rest.FIRST_REVISION));
        }

        @Test
        void starts_over_when_someone_else_has_decided_since() {
            World world = World.withTarget(TWO).untilStep("half");
            RouteView r = world.route;
            world.route = new RouteView(
                    r.generation() + 5, r.appliedSeq() + 9, Optional.of(ONE.name()), Optional.empty(), true, List.of());
            world.decide();
            assertThat(world.phase()).isInstanceOf(Phase.Idle.class);
            world.settle();
            assertThat(world.stepName()).isEqualTo("mirror");
            assertThat(world.traffic().seq()).isGreaterThan(r.appliedSeq() + 9);
        }

        @Test
        void starts_over_when_stable_is_a_stranger() {
            World world = World.withTarget(TWO).untilStep("half");
            RouteView r = world.route;
            world.ready(THREE, 2);
            world.route = new RouteView(
                    r.generation(), r.appliedSeq(), Optional.of(THREE.name()), r.candidate(), true, List.of());
            world.settle();
            assertThat(world.told("StableChangedElsewhere")).isTrue();
            assertThat(world.run().stable()).isEqualTo(THREE);
        }
    }

    @Nested
    class A_lost_status {
        @Test
        void mid_way_takes_users_to_stable_and_starts_over_above_the_old_number() {
            World world = World.withTarget(TWO).untilStep("half");
            long seq = world.traffic().seq();
            world.attemptSeen = world.run().attempt();
            world.state = Optional.empty();
            world.decide();
            assertThat(world.traffic().seq()).isGreaterThan(seq);
            assertThat(world.traffic().split()).isEqualTo(new Split.None());
            world.settle();
            assertThat(world.stepName()).isEqualTo("mirror");
            assertThat(world.run().attempt()).isEqualTo(2);
        }

        @Test
        void keeps_what_was_rejected() {
            World world = World.withTarget(TWO).untilStep("half");
            world.feed(200, 60, 200, 0);
            world.settle();
            world.remembered = world.state.orElseThrow().rejected();
            world.state = Optional.empty();
            world.settle();
            assertThat(world.phase()).isEqualTo(new Phase.Idle(Phase.Rest.REJECTED));
            assertThat(world.traffic().candidate()).isEmpty();
        }

        @Test
        void in_a_watch_leaves_users_where_they_are() {
            World world = World.withTarget(TWO).untilWatching();
            world.state = Optional.empty();
            world.settle();
            assertThat(world.phase()).isEqualTo(new Phase.Idle(Phase.Rest.UP_TO_DATE));
            assertThat(world.traffic().stable()).isEqualTo(TWO.name());
        }
    }
}
