package dev.ragops.operator.rollout.machine;

import static dev.ragops.operator.rollout.machine.World.ONE;
import static dev.ragops.operator.rollout.machine.World.TWO;
import static dev.ragops.operator.rollout.machine.World.assertEnded;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a person may ask for, whatever the evidence says. */
class PersonTest {
    @Test
    void approves_only_the_attempt_and_step_that_is_meant() {
        World world = World.withTarget(TWO).untilStep("review");
        world.settle();
        for (Intents.Approval stale : List.of(
                new Intents.Approval(TWO.name(), 7, "review"),
                new Intents.Approval(ONE.name(), 1, "review"),
                new Intents.Approval(TWO.name(), 1, "half"))) {
            world.intents = new Intents(Optional.of(stale), Optional.empty(), Optional.empty(), Optional.empty());
            world.pass(Duration.ofDays(2));
            world.settle();
            assertThat(world.stepName()).as("%s", stale).isEqualTo("review");
        }
    }

    @Test
    void is_remembered_when_the_approval_vanishes_from_the_manifest() {
        World world = World.withTarget(TWO).untilStep("review");
        world.settle();
        world.paused = true;
        world.approve("review");
        world.decide();
        world.intents = Intents.NONE;
        world.settle();
        assertThat(world.stepName()).isEqualTo("review");
        world.paused = false;
        world.settle();
        assertThat(world.stepName()).isEqualTo("half");
    }

    @Test
    void aborts_and_rejects() {
        World world = World.withTarget(TWO).untilStep("half");
        world.abort();
        world.decide();
        assertThat(world.traffic().candidate()).isEmpty();
        world.settle();
        assertEnded(world, Outcome.ABORTED, Cause.ABORT);
        assertThat(world.state.orElseThrow().hasRejected(TWO)).isTrue();
    }

    @Test
    void cannot_abort_another_attempt() {
        World world = World.withTarget(TWO).untilStep("half");
        world.intents = new Intents(
                Optional.empty(), Optional.of(new Intents.Aimed(TWO.name(), 2)), Optional.empty(), Optional.empty());
        world.settle();
        assertThat(world.stepName()).isEqualTo("half");
    }

    @Test
    void retries_a_rejected_revision_once_per_wish() {
        World world = World.withTarget(TWO).untilStep("half");
        world.abort();
        world.settle();
        world.retry(TWO);
        world.settle();
        assertThat(world.stepName()).isEqualTo("mirror");
        assertThat(world.run().attempt()).isEqualTo(2);
        assertThat(world.state.orElseThrow().hasRejected(TWO)).isFalse();
        world.feed(200, 100, 200, 0);
        world.settle();
        assertEnded(world, Outcome.ROLLED_BACK, Cause.BREACH);
        world.intents = Intents.NONE;
        world.settle();
        world.retry(TWO);
        world.settle();
        assertThat(world.run().attempt()).isEqualTo(3);
    }

    @Test
    void retries_a_stopped_revision() {
        World world = World.withTarget(TWO);
        world.is(TWO, new Readiness.Pending("no node"));
        world.settle();
        world.pass(Duration.ofHours(3));
        world.settle();
        world.ready(TWO, 2);
        world.settle();
        assertEnded(world, Outcome.STOPPED, Cause.DEADLINE);
        world.retry(TWO);
        world.settle();
        assertThat(world.stepName()).isEqualTo("mirror");
    }

    @Test
    void promotes_at_once_from_any_step() {
        World world = World.withTarget(TWO).untilStep("mirror");
        world.promoteNow();
        world.settle();
        assertThat(world.phase()).isInstanceOf(Phase.Watching.class);
        assertThat(world.traffic().stable()).isEqualTo(TWO.name());
    }

    @Test
    void promotes_from_a_pause_and_while_starting() {
        World pausing = World.withTarget(TWO).untilStep("review");
        pausing.settle();
        pausing.promoteNow();
        pausing.settle();
        assertThat(pausing.phase()).isInstanceOf(Phase.Watching.class);
        World starting = World.withTarget(TWO);
        starting.is(TWO, new Readiness.Pending("starting"));
        starting.settle();
        starting.promoteNow();
        starting.settle();
        starting.ready(TWO, 2);
        starting.settle();
        assertThat(starting.phase()).isInstanceOf(Phase.Watching.class);
    }

    @Test
    void cannot_promote_while_the_model_is_paused() {
        World world = World.withTarget(TWO).untilStep("mirror");
        world.promoteNow();
        world.paused = true;
        world.settle();
        assertThat(world.stepName()).isEqualTo("mirror");
    }
}
