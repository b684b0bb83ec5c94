package dev.ragops.operator.rollout.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.api.v1alpha1.ComparisonSpec;
import dev.ragops.api.v1alpha1.RagRollout;
import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.operator.rollout.evidence.Counters;
import dev.ragops.operator.rollout.evidence.Ejection;
import dev.ragops.operator.rollout.evidence.Evidence;
import dev.ragops.operator.rollout.evidence.Histogram;
import dev.ragops.operator.rollout.evidence.Pairs;
import dev.ragops.operator.rollout.evidence.Tally;
import dev.ragops.operator.rollout.evidence.TrackEvidence;
import dev.ragops.operator.rollout.judge.MetricReading;
import dev.ragops.operator.rollout.judge.Objective;
import dev.ragops.operator.rollout.judge.SequentialJudge;
import dev.ragops.operator.rollout.plan.HeaderMatch;
import dev.ragops.operator.rollout.plan.OnInconclusive;
import dev.ragops.operator.rollout.plan.OnNewRevision;
import dev.ragops.operator.rollout.plan.OnNoData;
import dev.ragops.operator.rollout.plan.Share;
import dev.ragops.operator.rollout.plan.Step;
import dev.ragops.operator.rollout.plan.Watch;
import dev.ragops.operator.rollout.wire.SpecReader;
import dev.ragops.operator.rollout.wire.StatusReader;
import dev.ragops.operator.rollout.wire.StatusWriter;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A model, its gateways and a clock as the machine sees them, played honestly: it echoes what is asked and counts what is fed. */
final class World {
    static final String UID = "rollout-uid";
    static final RevisionId ONE = new RevisionId("support-1111111111", "1", "digest-1", "config");
    static final RevisionId TWO = new RevisionId("support-2222222222", "2", "digest-2", "config");
    static final RevisionId THREE = new RevisionId("support-3333333333", "3", "digest-3", "config");

    static final Step MIRROR = new Step.Shadow("mirror", Share.ALL, Duration.ofSeconds(60), 100);
    static final Step BETA = new Step.Ab(
            "beta", Share.ofPercent(10), List.of(new HeaderMatch("x-beta", "true")), Duration.ofSeconds(60), 100);
    static final Step REVIEW = new Step.Pause("review", Optional.empty());
    static final Step HALF = new Step.Canary("half", Share.ofPercent(50), List.of(), Duration.ofSeconds(60), 100);

    final RolloutMachine machine = new RolloutMachine(new SequentialJudge());
    final List<Happening> happenings = new ArrayList<>();
    final Map<String, RevisionView> revisions = new LinkedHashMap<>();
    final List<MetricReading> readings = new ArrayList<>();
    final Set<Long> reported = new TreeSet<>();

    final Map<RevisionId, Long> lags = new LinkedHashMap<>();
    List<ComparisonSpec> comparisons = List.of();

    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    List<Step> steps = List.of(MIRROR, BETA, REVIEW, HALF);
    OnInconclusive onInconclusive = OnInconclusive.PAUSE;
    OnNoData onNoData = OnNoData.HOLD;
    OnNewRevision onNewRevision = OnNewRevision.RESTART;
    Duration interval = Duration.ofSeconds(5);
    Duration progressDeadline = Duration.ofHours(2);
    Watch watch = new Watch(Duration.ofMinutes(10), Share.ofPercent(5), 100);
    Intents intents = Intents.NONE;

    boolean modelExists = true;
    String modelUid = "model-uid";
    boolean deleting;
    boolean paused;
    boolean direct;
    Optional<RolloutId> boundTo = Optional.of(new RolloutId("support", UID));
    Optional<RevisionId> target = Optional.of(ONE);
    RouteView route = new RouteView(1, 0, Optional.of(ONE.name()), Optional.empty(), true, List.of());
    List<Rejection> remembered = List.of();
    long attemptSeen;
    boolean gatewaysAnswer = true;
    boolean gatewaysApply = true;

    Optional<State> state = Optional.empty();
    Tally tally = Tally.NONE;
    Optional<Ejection> ejection = Optional.empty();
    Instant heard = now;

    List<Happening> lastHappenings = List.of();

    World() {
        ready(ONE, 2);
    }

    /** A world in which {@code target} has become the target and its pods are ready. */
    static World withTarget(RevisionId target) {
        World world = new World();
        world.aimAt(target);
        return world;
    }

    /** Lets what is come to rest, then has the model want {@code next}, whose pods are ready. */
    void aimAt(RevisionId next) {
        settle();
        target = Optional.of(next);
        ready(next, 2);
    }

    void ready(RevisionId id, int replicas) {
        revisions.put(id.name(), new RevisionView(id, new Readiness.Ready(), 2, replicas, lags.getOrDefault(id, 0L)));
    }

    void is(RevisionId id, Readiness readiness) {
        revisions.put(id.name(), new RevisionView(id, readiness, 2, 0, 0));
    }

    /** The object as the API server would hand it out. */
    private RagRollout manifest() {
        RagRollout rollout = new RagRollout();
        rollout.setMetadata(new ObjectMetaBuilder()
                .withName("support")
                .withNamespace("default")
                .withUid(UID)
                .withGeneration(1L)
                .build());
        rollout.setSpec(RolloutManifest.spec(this));
        rollout.setStatus(written);
        return rollout;
    }

    /** What the status would say, read back: nothing a decision needs may be lost on the way. */
    private Optional<State> readBack() {
        if (state.isEmpty()) {
            written = null;
            return Optional.empty();
        }
        State meant = state.get();
        written = StatusWriter.status(manifest(), meant, Optional.of(modelUid), Optional.empty(), now);
        String json = Serialization.asJson(written);
        written = Serialization.unmarshal(json, RagRolloutStatus.class);
        Optional<State> read = StatusReader.state(written);
        boolean idleAndBlocked = meant.blocked().isPresent() && meant.phase() instanceof Phase.Idle;
        if (!idleAndBlocked) {
            assertThat(read).contains(forgetful(meant));
        }
        return read;
    }

    private static State forgetful(State s) {
        return new State(
                s.phase(),
                s.reason(),
                s.message(),
                Optional.empty(),
                s.attempt(),
                s.stable(),
                s.previous(),
                s.traffic(),
                Optional.empty(),
                s.verdicts(),
                s.rejected(),
                s.history(),
                s.retried());
    }

    private @Nullable RagRolloutStatus written;

    Snapshot snapshot() {
        if (gatewaysAnswer) {
            heard = now;
        }
        return new Snapshot(
                now,
                UID,
                "support",
                SpecReader.settings(RolloutManifest.spec(this)),
                modelExists ? Optional.of(model()) : Optional.empty(),
                readBack(),
                Optional.of(new Evidence(route.generation(), heard, tally, ejection, 0, new TreeSet<>())),
                readings,
                reported);
    }

    private ModelView model() {
        return new ModelView(
                modelUid,
                deleting,
                paused,
                direct,
                boundTo,
                target,
                List.copyOf(revisions.values()),
                route,
                List.of(new Objective.Availability("availability", "", new BigDecimal("99"))),
                remembered,
                attemptSeen);
    }

    State decide() {
        Decision decision = machine.decide(snapshot());
        lastHappenings = decision.happenings();
        state = Optional.of(decision.state());
        happenings.addAll(decision.happenings());
        return decision.state();
    }

    /** The actuator and the gateways do what is asked, if they do anything. */
    void realise() {
        State asked = state.orElseThrow();
        if (!gatewaysApply || asked.traffic().isEmpty() || !modelExists) {
            return;
        }
        Traffic traffic = asked.traffic().get();
        if (!traffic.modelUid().equals(modelUid) || traffic.seq() <= route.appliedSeq()) {
            return;
        }
        boolean same = route.stable().equals(Optional.of(traffic.stable()))
                && route.candidate().equals(traffic.candidate())
                && traffic.split().equals(split);
        split = traffic.split();
        if (!same) {
            tally = Tally.NONE;
        }
        route = new RouteView(
                same ? route.generation() : route.generation() + 1,
                traffic.seq(),
                Optional.of(traffic.stable()),
                traffic.candidate(),
                true,
                List.of());
    }

    private Split split = new Split.None();

    /** Decides and realises until nothing changes any more, without time passing. */
    State settle() {
        for (int i = 0; i < 30; i++) {
            Optional<State> before = state;
            decide();
            realise();
            if (before.equals(state) && machine.decide(snapshot()).state().equals(state.orElseThrow())) {
                return state.orElseThrow();
            }
        }
        throw new AssertionError("does not settle: " + state);
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    /** Answers of the candidate and of stable, in a watch of stable and of the control. */
    void feed(long subject, long subjectBad, long reference, long referenceBad) {
        boolean watching = state.map(State::phase).orElseThrow() instanceof Phase.Watching;
        TrackEvidence one = track(subject, subjectBad);
        TrackEvidence other = track(reference, referenceBad);
        Tally more = watching
                ? new Tally(one, TrackEvidence.NONE, other, 0, 0, 0, 0, Pairs.NONE)
                : new Tally(other, one, TrackEvidence.NONE, 0, 0, 0, 0, Pairs.NONE);
        tally = tally.plus(more);
    }

    private static TrackEvidence track(long total, long bad) {
        return new TrackEvidence(Map.of("retrieval", new Counters(total, bad, 0, 0, 0, Map.of(), Histogram.EMPTY)));
    }

    /** Lets the present step run its time with good evidence. */
    State goodStep() {
        feed(500, 0, 500, 0);
        pass(Duration.ofSeconds(61));
        return settle();
    }

    World untilStep(String name) {
        settle();
        for (int i = 0; i < 20 && !stepName().equals(name); i++) {
            if (state.orElseThrow().phase() instanceof Phase.AwaitingApproval) {
                approve(stepName());
                settle();
            } else {
                goodStep();
            }
        }
        if (!stepName().equals(name)) {
            throw new AssertionError("never came to " + name + ": " + state);
        }
        return this;
    }

    World untilWatching() {
        settle();
        for (int i = 0; i < 20 && !(phase() instanceof Phase.Watching); i++) {
            if (phase() instanceof Phase.AwaitingApproval) {
                approve(stepName());
                settle();
            } else {
                goodStep();
            }
        }
        return this;
    }

    void approve(String step) {
        intents = new Intents(
                Optional.of(new Intents.Approval(run().candidate().name(), run().attempt(), step)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    void abort() {
        intents = new Intents(
                Optional.empty(),
                Optional.of(new Intents.Aimed(run().candidate().name(), run().attempt())),
                Optional.empty(),
                Optional.empty());
    }

    void retry(RevisionId revision) {
        intents = new Intents(Optional.empty(), Optional.empty(), Optional.of(revision.name()), Optional.empty());
    }

    void promoteNow() {
        intents = new Intents(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Intents.Aimed(run().candidate().name(), run().attempt())));
    }

    Phase phase() {
        return state.orElseThrow().phase();
    }

    Run run() {
        if (phase() instanceof Phase.Active active) {
            return active.run();
        }
        throw new AssertionError("no attempt is on its way: " + state);
    }

    Traffic traffic() {
        return state.orElseThrow().traffic().orElseThrow();
    }

    String reason() {
        return state.orElseThrow().reason();
    }

    String stepName() {
        return switch (phase()) {
            case Phase.Progressing p -> p.run().plan().steps().get(p.step()).name();
            case Phase.AwaitingApproval p ->
                p.run().plan().steps().get(p.step()).name();
            case Phase.Starting _,
                    Phase.Promoting _,
                    Phase.Watching _,
                    Phase.RollingBack _,
                    Phase.Idle _,
                    Phase.Ended _ -> "";
        };
    }

    static void assertEnded(World world, Outcome outcome, Cause cause) {
        assertThat(world.phase()).isInstanceOfSatisfying(Phase.Ended.class, ended -> {
            assertThat(ended.outcome()).isEqualTo(outcome);
            assertThat(ended.cause()).isEqualTo(cause);
        });
    }

    boolean told(String reason) {
        return happenings.stream().anyMatch(h -> h.reason().equals(reason));
    }
}
