package dev.ragops.operator.rollout.machine;

import static dev.ragops.operator.rollout.machine.World.ONE;
import static dev.ragops.operator.rollout.machine.World.THREE;
import static dev.ragops.operator.rollout.machine.World.TWO;
import static dev.ragops.operator.rollout.machine.World.assertEnded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.operator.rollout.plan.OnNewRevision;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The model wants another revision while a rollout is on its way. */
class NewTargetTest {
    @Test
    void starts_over_with_the_newest() {
        World world = World.withTarget(TWO).untilStep("half");
        world.target = Optional.of(THREE);
        world.ready(THREE, 2);
        world.decide();
        assertThat(world.traffic().candidate()).isEmpty();
        world.settle();
        assertThat(world.run().candidate()).isEqualTo(THREE);
        assertThat(world.run().stable()).isEqualTo(ONE);
        assertThat(world.stepName()).isEqualTo("mirror");
        assertThat(world.state.orElseThrow().rejected()).isEmpty();
    }

    @Test
    void waits_if_told_to_queue() {
        World world = World.withTarget(TWO);
        world.onNewRevision = OnNewRevision.QUEUE;
        world.untilStep("half");
        world.target = Optional.of(THREE);
        world.ready(THREE, 2);
        world.settle();
        assertThat(world.run().candidate()).isEqualTo(TWO);
        world.goodStep();
        world.feed(1000, 0, 50, 0);
        world.pass(Duration.ofMinutes(11));
        world.settle();
        assertThat(world.run().candidate()).isEqualTo(THREE);
        assertThat(world.run().stable()).isEqualTo(TWO);
    }

    @Test
    void follows_the_plan_of_the_attempt_not_what_the_manifest_says_by_now() {
        World world = World.withTarget(TWO).untilStep("half");
        world.onNewRevision = OnNewRevision.QUEUE;
        world.target = Optional.of(THREE);
        world.ready(THREE, 2);
        world.settle();
        assertThat(world.run().candidate()).isEqualTo(THREE);
    }

    @Test
    void moved_back_to_stable_aborts_without_rejecting() {
        World world = World.withTarget(TWO).untilStep("half");
        world.target = Optional.of(ONE);
        world.settle();
        assertThat(world.phase()).isEqualTo(new Phase.Idle(Phase.Rest.UP_TO_DATE));
        assertThat(world.state.orElseThrow().rejected()).isEmpty();
        assertThat(world.traffic().stable()).isEqualTo(ONE.name());
        world.target = Optional.of(TWO);
        world.settle();
        assertThat(world.run().attempt()).isEqualTo(2);
    }

    @Test
    void that_flaps_leaves_users_on_stable() {
        World world = World.withTarget(TWO);
        world.ready(THREE, 2);
        for (int i = 0; i < 20; i++) {
            world.target = Optional.of(i % 2 == 0 ? THREE : TWO);
            world.decide();
            world.realise();
            assertThat(world.traffic().stable()).isEqualTo(ONE.name());
        }
        world.settle();
        assertThat(world.run().candidate()).isEqualTo(TWO);
        assertThat(world.state.orElseThrow().history()).hasSizeLessThanOrEqualTo(State.MAX_HISTORY);
    }

    @Test
    void that_was_rejected_gets_no_user() {
        World world = World.withTarget(TWO).untilStep("half");
        world.feed(200, 60, 200, 0);
        world.settle();
        world.target = Optional.of(ONE);
        world.settle();
        world.target = Optional.of(TWO);
        world.settle();
        assertThat(world.phase()).isEqualTo(new Phase.Idle(Phase.Rest.REJECTED));
        assertThat(world.told("TargetRejected")).isTrue();
    }

    @Test
    void of_the_same_content_under_another_name_stays_rejected() {
        World world = World.withTarget(TWO).untilStep("half");
        world.abort();
        world.settle();
        RevisionId again = new RevisionId("support-9999999999", TWO.version(), TWO.digest(), TWO.config());
        world.target = Optional.of(again);
        world.ready(again, 2);
        world.settle();
        assertThat(world.phase()).isEqualTo(new Phase.Idle(Phase.Rest.REJECTED));
    }

    @Test
    void queues_during_a_watch() {
        World world = World.withTarget(TWO).untilWatching();
        world.target = Optional.of(THREE);
        world.ready(THREE, 2);
        world.settle();
        assertThat(world.phase()).isInstanceOf(Phase.Watching.class);
    }

    @Test
    void to_a_warm_former_stable_routes_at_once() {
        World world = World.withTarget(TWO).untilWatching();
        world.feed(1000, 0, 50, 0);
        world.pass(Duration.ofMinutes(11));
        world.settle();
        assertEnded(world, Outcome.SUCCEEDED, Cause.PROMOTED);
        world.target = Optional.of(ONE);
        world.settle();
        assertThat(world.phase()).isInstanceOf(Phase.Watching.class);
        assertThat(world.traffic().stable()).isEqualTo(ONE.name());
    }

    @Test
    void to_a_former_stable_without_pods_takes_the_steps() {
        World world = World.withTarget(TWO).untilWatching();
        world.feed(1000, 0, 50, 0);
        world.pass(Duration.ofMinutes(11));
        world.settle();
        world.ready(ONE, 0);
        world.target = Optional.of(ONE);
        world.settle();
        assertThat(world.phase()).isInstanceOf(Phase.Starting.class);
    }
}
