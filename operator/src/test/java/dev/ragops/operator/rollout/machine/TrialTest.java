package dev.ragops.operator.rollout.machine;

import static dev.ragops.operator.rollout.machine.World.HALF;
import static dev.ragops.operator.rollout.machine.World.MIRROR;
import static dev.ragops.operator.rollout.machine.World.ONE;
import static dev.ragops.operator.rollout.machine.World.REVIEW;
import static dev.ragops.operator.rollout.machine.World.TWO;
import static dev.ragops.operator.rollout.machine.World.assertEnded;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.operator.rollout.plan.HeaderMatch;
import dev.ragops.operator.rollout.plan.Share;
import dev.ragops.operator.rollout.plan.Step;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A candidate walks its steps while nothing is wrong. */
class TrialTest {
    @Test
    void walks_from_shadow_to_promotion_to_success() {
        World world = World.withTarget(TWO).untilStep("mirror");
        assertThat(world.traffic().split()).isEqualTo(new Split.Shadow(Share.ALL));
        world.goodStep();
        assertThat(world.stepName()).isEqualTo("beta");
        List<HeaderMatch> beta = List.of(new HeaderMatch("x-beta", "true"));
        assertThat(world.traffic().split()).isEqualTo(new Split.Served(Share.ofPercent(10), beta));
        world.goodStep();
        assertThat(world.phase()).isInstanceOf(Phase.AwaitingApproval.class);
        world.approve("review");
        world.settle();
        assertThat(world.traffic().split()).isEqualTo(new Split.Served(Share.ofPercent(50), beta));
        world.goodStep();
        assertThat(world.phase()).isInstanceOf(Phase.Watching.class);
        assertThat(world.traffic().stable()).isEqualTo(TWO.name());
        assertThat(world.traffic().control()).contains(ONE.name());
        assertThat(world.traffic().split()).isEqualTo(new Split.Control(Share.ofPercent(5)));
        world.feed(1000, 1, 50, 0);
        world.pass(Duration.ofMinutes(11));
        world.settle();
        assertEnded(world, Outcome.SUCCEEDED, Cause.PROMOTED);
        assertThat(world.traffic().stable()).isEqualTo(TWO.name());
        assertThat(world.traffic().control()).isEmpty();
        assertThat(world.traffic().floor()).isZero();
        assertThat(world.state.orElseThrow().history())
                .singleElement()
                .extracting(HistoryEntry::outcome)
                .isEqualTo(Outcome.SUCCEEDED);
    }

    @Test
    void counts_time_only_from_when_every_gateway_applied_the_step() {
        World world = World.withTarget(TWO);
        world.decide();
        world.gatewaysApply = false;
        world.decide();
        world.decide();
        assertThat(world.reason()).isEqualTo("WaitingForGateways");
        world.pass(ofSeconds(300));
        world.decide();
        assertThat(world.phase())
                .isInstanceOfSatisfying(
                        Phase.Progressing.class, p -> assertThat(p.clock()).isEmpty());
        world.gatewaysApply = true;
        world.realise();
        world.decide();
        assertThat(world.phase())
                .isInstanceOfSatisfying(
                        Phase.Progressing.class,
                        p -> assertThat(p.clock().orElseThrow().since()).isEqualTo(world.now));
    }

    @Test
    void names_the_gateways_that_lag_and_stops_at_the_deadline() {
        World world = World.withTarget(TWO);
        world.settle();
        world.goodStep();
        RouteView applied = world.route;
        world.route = new RouteView(
                applied.generation(),
                applied.appliedSeq() - 1,
                applied.stable(),
                applied.candidate(),
                false,
                List.of("support-gateway-a"));
        world.gatewaysApply = false;
        world.state = Optional.of(withoutClock(world.state.orElseThrow(), world));
        world.decide();
        assertThat(world.state.orElseThrow().message()).contains("support-gateway-a");
        world.pass(Duration.ofHours(2));
        world.decide();
        assertThat(world.phase()).isInstanceOf(Phase.RollingBack.class);
        assertThat(world.reason()).isEqualTo("ProgressDeadlineExceeded");
    }

    private State withoutClock(State s, World world) {
        return new State(
                new Phase.Progressing(world.run(), 1, Optional.empty(), Patience.from(world.now)),
                s.reason(),
                s.message(),
                s.blocked(),
                s.attempt(),
                s.stable(),
                s.previous(),
                s.traffic(),
                s.evidence(),
                s.verdicts(),
                s.rejected(),
                s.history(),
                s.retried());
    }

    @Test
    void starts_its_clock_again_when_the_route_moves_under_it() {
        World world = World.withTarget(TWO).untilStep("mirror");
        world.pass(ofSeconds(59));
        RouteView r = world.route;
        world.route = new RouteView(r.generation() + 1, r.appliedSeq(), r.stable(), r.candidate(), true, List.of());
        world.settle();
        world.feed(500, 0, 500, 0);
        world.pass(ofSeconds(2));
        world.settle();
        assertThat(world.stepName()).isEqualTo("mirror");
    }

    @Test
    void needs_both_its_time_and_its_samples() {
        World world = World.withTarget(TWO).untilStep("mirror");
        world.feed(99, 0, 99, 0);
        world.pass(ofSeconds(61));
        world.settle();
        assertThat(world.reason()).isEqualTo("WaitingForSamples");
        world.feed(1, 0, 1, 0);
        world.settle();
        assertThat(world.stepName()).isEqualTo("beta");
    }

    @Test
    void stops_when_samples_do_not_come() {
        World world = World.withTarget(TWO).untilStep("mirror");
        world.feed(99, 0, 99, 0);
        world.pass(ofSeconds(61));
        world.settle();
        world.pass(Duration.ofHours(2));
        world.settle();
        assertEnded(world, Outcome.STOPPED, Cause.DEADLINE);
    }

    @Test
    void counts_samples_that_come_as_progress() {
        World world = World.withTarget(TWO).untilStep("mirror");
        for (int i = 1; i < 9; i++) {
            world.feed(10, 0, 10, 0);
            world.pass(Duration.ofMinutes(90));
            world.settle();
            assertThat(world.stepName()).isEqualTo("mirror");
        }
    }

    @Test
    void does_not_raise_the_share_before_there_are_pods_for_it() {
        World world = World.withTarget(TWO).untilStep("review");
        world.revisions.put(ONE.name(), new RevisionView(ONE, new Readiness.Ready(), 2, 2, 0));
        world.ready(TWO, 0);
        world.approve("review");
        world.settle();
        assertThat(world.reason()).isEqualTo("WaitingForCapacity");
        assertThat(world.traffic().split())
                .isInstanceOfSatisfying(
                        Split.Served.class, s -> assertThat(s.share()).isEqualTo(Share.ofPercent(10)));
        world.ready(TWO, 1);
        world.settle();
        assertThat(world.stepName()).isEqualTo("half");
        world.goodStep();
        assertThat(world.phase()).isInstanceOf(Phase.Promoting.class);
        assertThat(world.reason()).isEqualTo("WaitingForCapacity");
        world.ready(TWO, 2);
        world.settle();
        assertThat(world.phase()).isInstanceOf(Phase.Watching.class);
    }

    @Test
    void does_not_advance_while_the_model_is_paused() {
        World world = World.withTarget(TWO).untilStep("mirror");
        world.paused = true;
        world.goodStep();
        assertThat(world.stepName()).isEqualTo("mirror");
        assertThat(world.reason()).isEqualTo("ModelPaused");
        world.pass(Duration.ofHours(9));
        world.settle();
        world.paused = false;
        world.settle();
        assertThat(world.stepName()).isEqualTo("beta");
    }

    @Test
    void a_pause_with_a_time_goes_on_by_itself() {
        World world = World.withTarget(TWO);
        world.steps = List.of(MIRROR, new Step.Pause("rest", Optional.of(ofSeconds(30))), HALF);
        world.untilStep("rest");
        assertThat(world.phase()).isInstanceOf(Phase.Progressing.class);
        world.pass(ofSeconds(31));
        world.settle();
        assertThat(world.stepName()).isEqualTo("half");
    }

    @Test
    void an_evaluation_judges_without_changing_the_split() {
        World world = World.withTarget(TWO);
        world.steps = List.of(MIRROR, new Step.Evaluate("look", Duration.ZERO, 100), HALF);
        world.untilStep("mirror");
        long seq = world.traffic().seq();
        world.feed(500, 0, 500, 0);
        world.pass(ofSeconds(61));
        world.decide();
        assertThat(world.traffic().seq()).isEqualTo(seq);
        world.settle();
        assertThat(world.stepName()).isEqualTo("half");
    }

    @Test
    void a_plan_without_steps_promotes_a_ready_candidate() {
        World world = World.withTarget(TWO);
        world.steps = List.of();
        world.settle();
        assertThat(world.phase()).isInstanceOf(Phase.Watching.class);
    }

    @Test
    void what_is_asked_is_numbered_anew_only_when_it_changes() {
        World world = World.withTarget(TWO).untilStep("mirror");
        long seq = world.traffic().seq();
        for (int i = 0; i < 10; i++) {
            world.pass(ofSeconds(5));
            world.settle();
        }
        assertThat(world.traffic().seq()).isEqualTo(seq);
        assertThat(REVIEW.minSamples()).isZero();
        assertThat(REVIEW.duration()).isZero();
    }
}
