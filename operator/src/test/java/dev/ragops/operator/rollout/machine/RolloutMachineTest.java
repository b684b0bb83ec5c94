package dev.ragops.operator.rollout.machine;

import static dev.ragops.operator.rollout.machine.World.HALF;
import static dev.ragops.operator.rollout.machine.World.MIRROR;
import static dev.ragops.operator.rollout.machine.World.ONE;
import static dev.ragops.operator.rollout.machine.World.REVIEW;
import static dev.ragops.operator.rollout.machine.World.THREE;
import static dev.ragops.operator.rollout.machine.World.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.api.v1alpha1.ComparisonSpec;
import dev.ragops.operator.rollout.evidence.Ejection;
import dev.ragops.operator.rollout.judge.MetricReading;
import dev.ragops.operator.rollout.plan.Bound;
import dev.ragops.operator.rollout.plan.HeaderMatch;
import dev.ragops.operator.rollout.plan.OnInconclusive;
import dev.ragops.operator.rollout.plan.OnNewRevision;
import dev.ragops.operator.rollout.plan.OnNoData;
import dev.ragops.operator.rollout.plan.Share;
import dev.ragops.operator.rollout.plan.Step;
import dev.ragops.operator.rollout.plan.Watch;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RolloutMachineTest {
    private static Duration seconds(long n) {
        return Duration.ofSeconds(n);
    }

    private static void assertEnded(World world, Outcome outcome, Cause cause) {
        assertThat(world.phase()).isInstanceOfSatisfying(Phase.Ended.class, ended -> {
            assertThat(ended.outcome()).isEqualTo(outcome);
            assertThat(ended.cause()).isEqualTo(cause);
        });
    }

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

    @Nested
    class Stepping {
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
            world.pass(seconds(300));
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
            world.pass(seconds(59));
            RouteView r = world.route;
            world.route = new RouteView(r.generation() + 1, r.appliedSeq(), r.stable(), r.candidate(), true, List.of());
            world.settle();
            world.feed(500, 0, 500, 0);
            world.pass(seconds(2));
            world.settle();
            assertThat(world.stepName()).isEqualTo("mirror");
        }

        @Test
        void needs_both_its_time_and_its_samples() {
            World world = World.withTarget(TWO).untilStep("mirror");
            world.feed(99, 0, 99, 0);
            world.pass(seconds(61));
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
            world.pass(seconds(61));
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
            world.steps = List.of(MIRROR, new Step.Pause("rest", Optional.of(seconds(30))), HALF);
            world.untilStep("rest");
            assertThat(world.phase()).isInstanceOf(Phase.Progressing.class);
            world.pass(seconds(31));
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
            world.pass(seconds(61));
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
    }

    @Nested
    class A_breach {
        @Test
        void takes_users_back_at_the_next_look_and_rejects_the_version() {
            World world = World.withTarget(TWO).untilStep("half");
            world.feed(200, 60, 200, 0);
            world.pass(seconds(5));
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
            world.pass(seconds(61));
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
            world.pass(seconds(61));
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
            world.settle();
            world.target = Optional.of(TWO);
            world.ready(TWO, 2);
            world.untilStep("mirror");
            world.feed(500, 0, 500, 0);
            world.gatewaysAnswer = false;
            world.pass(seconds(61));
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
            world.settle();
            world.target = Optional.of(TWO);
            world.ready(TWO, 2);
            world.untilStep("mirror");
            world.pass(seconds(61));
            world.settle();
            assertEnded(world, Outcome.ROLLED_BACK, Cause.NO_DATA);
            assertThat(world.state.orElseThrow().rejected()).isEmpty();
        }

        @Test
        void gives_the_first_evidence_of_a_step_time_to_come() {
            World world = new World();
            world.onNoData = OnNoData.ROLLBACK;
            world.steps = List.of(new Step.Canary("now", Share.ofPercent(10), List.of(), Duration.ZERO, 1));
            world.settle();
            world.target = Optional.of(TWO);
            world.ready(TWO, 2);
            world.settle();
            assertThat(world.reason()).isEqualTo("WaitingForEvidence");
            world.feed(10, 0, 10, 0);
            world.settle();
            assertThat(world.phase()).isInstanceOf(Phase.Watching.class);
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
            world.settle();
            world.target = Optional.of(TWO);
            world.ready(TWO, 2);
            world.untilStep("mirror");
            world.feed(100, 2, 100, 0);
            world.pass(seconds(61));
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
    class A_person {
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
                    Optional.empty(),
                    Optional.of(new Intents.Aimed(TWO.name(), 2)),
                    Optional.empty(),
                    Optional.empty());
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

    @Nested
    class A_new_target {
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
                world.settle();
                world.target = Optional.of(TWO);
                world.ready(TWO, 2);
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
            world.settle();
            world.target = Optional.of(TWO);
            world.ready(TWO, 2);
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
            world.settle();
            world.target = Optional.of(TWO);
            world.ready(TWO, 2);
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
            world.pass(seconds(61));
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

    @Nested
    class Without_pods_to_go_back_to {
        @Test
        void the_previous_revision_is_named_until_its_first_pod_is_ready() {
            World world = World.withTarget(TWO);
            world.watch = new Watch(Duration.ZERO, Share.ofPercent(5), 0);
            world.untilStep("half");
            world.feed(500, 0, 500, 0);
            world.pass(seconds(61));
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

    @Test
    void what_is_asked_is_numbered_anew_only_when_it_changes() {
        World world = World.withTarget(TWO).untilStep("mirror");
        long seq = world.traffic().seq();
        for (int i = 0; i < 10; i++) {
            world.pass(seconds(5));
            world.settle();
        }
        assertThat(world.traffic().seq()).isEqualTo(seq);
        assertThat(REVIEW.minSamples()).isZero();
        assertThat(REVIEW.duration()).isZero();
    }
}
