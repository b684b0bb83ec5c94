package dev.ragops.operator.rollout.machine;

import static dev.ragops.operator.rollout.machine.World.ONE;
import static dev.ragops.operator.rollout.machine.World.THREE;
import static dev.ragops.operator.rollout.machine.World.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.operator.rollout.evidence.Ejection;
import dev.ragops.operator.rollout.plan.OnInconclusive;
import dev.ragops.operator.rollout.plan.OnNewRevision;
import dev.ragops.operator.rollout.plan.OnNoData;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Whatever happens in whatever order, some things hold. Seeds are fixed; a failure names its seed and the last thing that happened. */
class InvariantsTest {
    private static final int WORLDS = 300;
    private static final int HAPPENINGS = 120;
    private static final List<RevisionId> REVISIONS = List.of(ONE, TWO, THREE);

    @Test
    void hold_in_any_order_of_events() {
        Set<String> seen = new TreeSet<>();
        for (int seed = 0; seed < WORLDS; seed++) {
            play(seed, seen);
        }
        assertThat(seen)
                .as("the worlds go everywhere")
                .contains(
                        "Idle",
                        "Starting",
                        "Progressing",
                        "AwaitingApproval",
                        "Promoting",
                        "Watching",
                        "RollingBack",
                        "Ended SUCCEEDED",
                        "Ended ROLLED_BACK",
                        "Ended ABORTED",
                        "Ended STOPPED");
    }

    private static String name(Phase phase) {
        return phase.getClass().getSimpleName() + (phase instanceof Phase.Ended ended ? " " + ended.outcome() : "");
    }

    private static void play(int seed, Set<String> seen) {
        Random random = new Random(seed);
        World world = new World();
        world.onNoData = OnNoData.values()[random.nextInt(3)];
        world.onInconclusive = OnInconclusive.values()[random.nextInt(3)];
        world.onNewRevision = OnNewRevision.values()[random.nextInt(2)];
        world.progressDeadline = Duration.ofMinutes(30);
        world.ready(TWO, 2);
        world.ready(THREE, 2);
        world.settle();
        long highestSeq = 0;
        long highestAttempt = 0;
        for (int i = 0; i < HAPPENINGS; i++) {
            int what = random.nextInt(16);
            happen(world, what, random);
            Optional<State> before = world.state;
            State after = world.decide();
            seen.add(name(after.phase()));
            String where = "seed " + seed + ", event " + i + " (" + what + "): " + after.phase();

            long seq = after.traffic().map(Traffic::seq).orElse(0L);
            assertThat(seq).as("the number never falls, %s", where).isGreaterThanOrEqualTo(highestSeq);
            highestSeq = seq;
            assertThat(after.attempt()).as(where).isGreaterThanOrEqualTo(highestAttempt);
            highestAttempt = after.attempt();

            after.traffic()
                    .flatMap(Traffic::candidate)
                    .ifPresent(candidate -> assertThat(after.rejected().stream()
                                    .map(r -> r.revision().name()))
                            .as("no rejected candidate, %s", where)
                            .doesNotContain(candidate));
            assertThat(after.message()).as("words for people, %s", where).doesNotContainPattern("PT[0-9]");
            assertThat(after.history())
                    .as(where)
                    .allSatisfy(entry -> assertThat(entry.reason()).doesNotContainPattern("PT[0-9]"));
            stableOnlyChangesByPromotionOrItsUndoing(before, after, world, where);
            if (after.phase() instanceof Phase.Active active && !(active instanceof Phase.Watching)) {
                assertThat(active.run().stable().name())
                        .as(where)
                        .isNotEqualTo(active.run().candidate().name());
            }
            if (random.nextInt(4) != 0) {
                world.realise();
            }
        }
        usersCanAlwaysBeTakenBack(world, seed);
    }

    private static void stableOnlyChangesByPromotionOrItsUndoing(
            Optional<State> before, State after, World world, String where) {
        Optional<String> was = before.flatMap(State::traffic).map(Traffic::stable);
        Optional<String> is = after.traffic().map(Traffic::stable);
        boolean changed = was.isPresent() && is.isPresent() && !was.equals(is);
        boolean mayChange = switch (before.map(State::phase).orElse(after.phase())) {
            case Phase.Promoting _, Phase.Watching _, Phase.RollingBack _ -> true;
            case Phase.Idle _, Phase.Ended _ -> is.equals(world.route.stable());
            case Phase.Starting _, Phase.Progressing _, Phase.AwaitingApproval _ -> false;
        };
        assertThat(changed && !mayChange).as("stable changed, %s", where).isFalse();
    }

    private static void usersCanAlwaysBeTakenBack(World world, int seed) {
        world.modelExists = true;
        world.gatewaysApply = true;
        world.gatewaysAnswer = true;
        world.ejection = Optional.empty();
        REVISIONS.forEach(r -> world.ready(r, 2));
        world.decide();
        world.realise();
        world.decide();
        if (!(world.phase() instanceof Phase.Active active) || active instanceof Phase.RollingBack) {
            return;
        }
        String home = active.run().stable().name();
        RevisionId candidate = active.run().candidate();
        world.abort();
        world.decide();
        assertThat(world.traffic().stable()).as("seed %d", seed).isEqualTo(home);
        assertThat(world.traffic().candidate()).as("seed %d", seed).isEmpty();
        assertThat(world.state.orElseThrow().hasRejected(candidate)).isTrue();
    }

    private static void happen(World world, int what, Random random) {
        RevisionId any = REVISIONS.get(random.nextInt(3));
        switch (what) {
            case 0 -> world.target = Optional.of(any);
            case 1 -> world.ready(any, random.nextInt(3));
            case 2 -> world.is(any, new Readiness.Pending("starting"));
            case 3 -> world.paused = random.nextInt(3) == 0;
            case 4 -> world.gatewaysApply = random.nextInt(4) != 0;
            case 5 -> world.gatewaysAnswer = random.nextInt(4) != 0;
            case 6 -> world.feed(200, 80, 200, random.nextInt(2) * 80L);
            case 7 ->
                world.ejection = Optional.of(new Ejection(any.name(), world.route.generation(), "fallbacks"))
                        .filter(_ -> random.nextInt(3) == 0);
            case 8 -> withRun(world, () -> world.approve(world.stepName().isEmpty() ? "watch" : world.stepName()));
            case 9 ->
                withRun(world, () -> {
                    if (random.nextInt(4) == 0) {
                        world.abort();
                    }
                });
            case 10 -> world.retry(any);
            case 11 ->
                withRun(world, () -> {
                    if (random.nextInt(4) == 0) {
                        world.promoteNow();
                    }
                });
            case 12 -> wipe(world, random);
            default -> {
                world.feed(300, 0, 300, 0);
                world.pass(Duration.ofSeconds(20L + random.nextInt(400)));
            }
        }
    }

    private static void withRun(World world, Runnable then) {
        if (world.phase() instanceof Phase.Active) {
            then.run();
        }
    }

    /** Someone empties the status; the model remembers what was rejected and how far the numbers were. */
    private static void wipe(World world, Random random) {
        if (random.nextInt(6) != 0 || world.state.isEmpty()) {
            return;
        }
        State lost = world.state.get();
        world.gatewaysApply = true;
        world.realise();
        world.remembered = lost.rejected();
        world.attemptSeen = lost.attempt();
        world.state = Optional.empty();
    }
}
