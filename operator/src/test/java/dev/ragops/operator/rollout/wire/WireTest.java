package dev.ragops.operator.rollout.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagRollout;
import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.operator.Durations;
import dev.ragops.operator.StatusBudget;
import dev.ragops.operator.rollout.evidence.Counters;
import dev.ragops.operator.rollout.evidence.Evidence;
import dev.ragops.operator.rollout.evidence.Histogram;
import dev.ragops.operator.rollout.evidence.Pairs;
import dev.ragops.operator.rollout.evidence.Tally;
import dev.ragops.operator.rollout.evidence.TrackEvidence;
import dev.ragops.operator.rollout.judge.Objective;
import dev.ragops.operator.rollout.judge.Ruling;
import dev.ragops.operator.rollout.judge.Verdict;
import dev.ragops.operator.rollout.machine.HistoryEntry;
import dev.ragops.operator.rollout.machine.ModelView;
import dev.ragops.operator.rollout.machine.Outcome;
import dev.ragops.operator.rollout.machine.Phase;
import dev.ragops.operator.rollout.machine.Readiness;
import dev.ragops.operator.rollout.machine.Rejection;
import dev.ragops.operator.rollout.machine.RevisionId;
import dev.ragops.operator.rollout.machine.RolloutId;
import dev.ragops.operator.rollout.machine.Settings;
import dev.ragops.operator.rollout.machine.State;
import dev.ragops.operator.rollout.plan.Bound;
import dev.ragops.operator.rollout.plan.ComparisonRule;
import dev.ragops.operator.rollout.plan.HeaderMatch;
import dev.ragops.operator.rollout.plan.OnInconclusive;
import dev.ragops.operator.rollout.plan.OnNewRevision;
import dev.ragops.operator.rollout.plan.OnNoData;
import dev.ragops.operator.rollout.plan.Share;
import dev.ragops.operator.rollout.plan.Step;
import dev.ragops.operator.rollout.plan.Watch;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class WireTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static final String ROLLOUT = """
            apiVersion: ragops.dev/v1alpha1
            kind: RagRollout
            metadata: {name: support, namespace: default, uid: u, generation: 3}
            spec:
              modelRef: {name: support}
              steps:
                - {name: mirror, shadow: {percent: 100}, duration: 10m, minSamples: 500}
                - {name: beta, ab: {percent: 10, match: [{header: {name: x-beta, value: "true"}}]}, duration: 1h30m}
                - {name: ten, canary: {weight: 10}, duration: 500ms}
                - {name: rest, pause: {duration: 30s}}
                - {name: review, pause: {}}
                - {name: look, evaluate: {}, minSamples: 7}
              analysis:
                interval: 2s
                comparisons:
                  - {metric: overlapAtK, min: "0.6"}
                  - {metric: rankBiasedOverlap, min: "0.5"}
                  - {metric: sameTopPassage, min: "0.4"}
                  - {metric: latencyP95Ratio, max: "1.5"}
                onInconclusive: Continue
                onNoData: Rollback
              onNewRevision: Queue
              progressDeadline: 45m
              fallback: false
              watch: {duration: 20m, controlPercent: 7, minSamples: 9}
              retry: {revision: support-x}
              approval: {revision: support-y, attempt: 2, step: review}
              abort: {revision: support-y, attempt: 2}
              promote: {revision: support-y, attempt: 3}
            """;

    private static RagRollout rollout(String yaml) {
        return Serialization.unmarshal(yaml, RagRollout.class);
    }

    @Nested
    class A_manifest {
        @Test
        void is_read_field_by_field() {
            Settings settings = SpecReader.settings(rollout(ROLLOUT).getSpec());
            assertThat(settings.plan().interval()).isEqualTo(Duration.ofSeconds(2));
            assertThat(settings.plan().onNewRevision()).isEqualTo(OnNewRevision.QUEUE);
            assertThat(settings.plan().progressDeadline()).isEqualTo(Duration.ofMinutes(45));
            assertThat(settings.plan().fallback()).isFalse();
            assertThat(settings.plan().onInconclusive()).isEqualTo(OnInconclusive.CONTINUE);
            assertThat(settings.plan().onNoData()).isEqualTo(OnNoData.ROLLBACK);
            assertThat(settings.plan().watch()).isEqualTo(new Watch(Duration.ofMinutes(20), Share.ofPercent(7), 9));
            assertThat(settings.plan().steps())
                    .containsExactly(
                            new Step.Shadow("mirror", Share.ALL, Duration.ofMinutes(10), 500),
                            new Step.Ab(
                                    "beta",
                                    Share.ofPercent(10),
                                    List.of(new HeaderMatch("x-beta", "true")),
                                    Duration.ofMinutes(90),
                                    0),
                            new Step.Canary("ten", Share.ofPercent(10), List.of(), Duration.ofMillis(500), 0),
                            new Step.Pause("rest", Optional.of(Duration.ofSeconds(30))),
                            new Step.Pause("review", Optional.empty()),
                            new Step.Evaluate("look", Duration.ZERO, 7));
            assertThat(settings.plan().comparisons())
                    .extracting(ComparisonRule::metric)
                    .containsExactly(ComparisonRule.Metric.values());
            assertThat(settings.plan().comparisons().getLast().bound())
                    .isEqualTo(new Bound.AtMost(new BigDecimal("1.5")));
            assertThat(settings.intents().retry()).contains("support-x");
            assertThat(settings.intents().approval().orElseThrow().step()).isEqualTo("review");
            assertThat(settings.intents().abort().orElseThrow().attempt()).isEqualTo(2);
            assertThat(settings.intents().promote().orElseThrow().attempt()).isEqualTo(3);
        }

        @Test
        void has_the_schemas_defaults_where_it_says_nothing() {
            Settings settings = SpecReader.settings(rollout("""
                    spec:
                      modelRef: {name: support}
                      steps: [{name: a, canary: {weight: 5}}]
                      watch: {}
                    """).getSpec());
            assertThat(settings.plan().interval()).isEqualTo(Duration.ofSeconds(5));
            assertThat(settings.plan().onNewRevision()).isEqualTo(OnNewRevision.RESTART);
            assertThat(settings.plan().onInconclusive()).isEqualTo(OnInconclusive.PAUSE);
            assertThat(settings.plan().onNoData()).isEqualTo(OnNoData.HOLD);
            assertThat(settings.plan().progressDeadline()).isEqualTo(Duration.ofHours(2));
            assertThat(settings.plan().fallback()).isTrue();
            assertThat(settings.plan().watch()).isEqualTo(new Watch(Duration.ofMinutes(30), Share.ofPercent(5), 0));
        }

        @Test
        void with_what_the_schema_would_refuse_is_refused_here_too() {
            assertThatThrownBy(() -> Durations.parse("soon", Duration.ZERO)).hasMessageContaining("not a duration");
            assertThatThrownBy(() -> SpecReader.bound(null, null)).hasMessageContaining("exactly one");
        }
    }

    @Nested
    class A_model {
        private static final String MODEL = """
                apiVersion: ragops.dev/v1alpha1
                kind: RagModel
                metadata: {name: support, namespace: default, uid: m}
                spec:
                  registry: {url: http://mlflow}
                  model: {name: support-rag, alias: production}
                  paused: true
                  promotion: Direct
                  objectives:
                    - {name: availability, target: "99.5%"}
                    - {name: latency, class: retrieval, target: "95%", threshold: 300ms}
                    - {name: tokens, class: generated, target: "90%", threshold: 2s}
                status:
                  target: {revision: support-b, version: "2", digest: d, configDigest: c}
                  rolloutRef: {name: support, uid: u}
                  revisions:
                    - {name: support-a, version: "1", state: Ready, desiredReplicas: 2, readyReplicas: 2}
                    - {name: support-b, version: "2", state: Starting}
                    - {name: support-c, state: Invalid, lastFailure: wrong digest}
                    - {name: support-d, state: Failed, lastFailure: image not found}
                    - {name: support-e, state: Indexing}
                    - {name: support-f}
                  route: {generation: 7, appliedSeq: 12, appliedAttempt: 3, stable: support-a, candidate: support-b, verified: true, lagging: [gw]}
                """;

        @Test
        void is_read_as_far_as_a_rollout_needs_it() {
            ModelView view = ModelReader.view(Serialization.unmarshal(MODEL, RagModel.class), List.of());
            assertThat(view.paused()).isTrue();
            assertThat(view.direct()).isTrue();
            assertThat(view.boundTo()).map(RolloutId::uid).contains("u");
            assertThat(view.target()).contains(new RevisionId("support-b", "2", "d", "c"));
            assertThat(view.attempt()).isEqualTo(3);
            assertThat(view.route().appliedSeq()).isEqualTo(12);
            assertThat(view.route().lagging()).containsExactly("gw");
            assertThat(view.revisions())
                    .extracting(r -> r.readiness())
                    .containsExactly(
                            new Readiness.Ready(),
                            new Readiness.Pending("its pods are not ready yet"),
                            new Readiness.Invalid("wrong digest"),
                            new Readiness.Pending("image not found"),
                            new Readiness.Indexing(0, 0),
                            new Readiness.Pending("it has no pods yet"));
            assertThat(view.objectives())
                    .containsExactly(
                            new Objective.Availability("availability", "", new BigDecimal("99.5")),
                            new Objective.Latency("latency", "retrieval", new BigDecimal("95"), Duration.ofMillis(300)),
                            new Objective.Latency("tokens", "generated", new BigDecimal("90"), Duration.ofSeconds(2)));
        }

        @Test
        void without_a_status_has_nothing_to_offer() {
            RagModel model = Serialization.unmarshal(MODEL, RagModel.class);
            model.setStatus(null);
            ModelView view = ModelReader.view(model, List.of());
            assertThat(view.target()).isEmpty();
            assertThat(view.route().stable()).isEmpty();
            assertThat(view.revisions()).isEmpty();
        }
    }

    @Nested
    class A_status {
        private State state(int history, String detail) {
            return new State(
                    new Phase.Idle(Phase.Rest.UP_TO_DATE),
                    "UpToDate",
                    detail,
                    Optional.empty(),
                    30,
                    Optional.of(RevisionId.named("support-a")),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(evidence()),
                    IntStream.range(0, 40)
                            .mapToObj(i -> new Verdict("check-" + i, Ruling.PASS, detail, i))
                            .toList(),
                    IntStream.range(0, 20)
                            .mapToObj(i -> new Rejection(RevisionId.named("r" + i), detail, NOW))
                            .toList(),
                    IntStream.range(0, history)
                            .mapToObj(i -> new HistoryEntry(i, "r", "1", Outcome.ROLLED_BACK, detail, NOW, false))
                            .toList(),
                    Optional.empty());
        }

        private Evidence evidence() {
            Counters counters = new Counters(
                    100, 2, 1, 3, 4, Map.of("latency", 5L), new Histogram(List.of(10.0, 100.0), List.of(90L, 10L, 0L)));
            TrackEvidence track = new TrackEvidence(Map.of("retrieval", counters));
            Tally tally = new Tally(track, track, TrackEvidence.NONE, 0, 0, 6, 0, new Pairs(3, 2, 1, 2, -7.5, 0));
            return new Evidence(4, NOW, tally, Optional.empty(), 1, new TreeSet<>(List.of("p")));
        }

        @Test
        void stays_below_its_size_however_much_there_is_to_say() {
            String detail = "x".repeat(500);
            RagRolloutStatus status =
                    StatusWriter.status(rollout(ROLLOUT), state(10, detail), Optional.of("m"), Optional.empty(), NOW);
            assertThat(StatusBudget.bytes(status)).isLessThanOrEqualTo(StatusBudget.MAX_BYTES);
            assertThat(status.rejected()).hasSize(20);
            assertThat(StatusReader.state(status)).isPresent();
        }

        @Test
        void gives_evidence_back_to_a_restarted_operator() {
            RagRolloutStatus status =
                    StatusWriter.status(rollout(ROLLOUT), state(1, "ok"), Optional.of("m"), Optional.empty(), NOW);
            Tally read = EvidenceWriter.tally(java.util.Objects.requireNonNull(status.evidence()));
            Tally meant = evidence().tally();
            assertThat(read.candidate().of("retrieval").errors()).isEqualTo(2);
            assertThat(read.candidate().of("retrieval").slow()).containsEntry("latency", 5L);
            assertThat(read.pairs().count()).isEqualTo(meant.pairs().count());
            assertThat(read.pairs().overlapAtK()).isCloseTo(2, org.assertj.core.data.Offset.offset(1e-6));
            assertThat(read.fallbacks()).isEqualTo(6);
        }

        @Test
        void that_a_person_broke_reads_as_lost() {
            for (String broken : List.of(
                    "{phase: Progressing}",
                    "{phase: Starting, plan: {steps: []}, candidate: {revision: a}}",
                    "{phase: RollingBack, candidate: {revision: a}, stable: {revision: b}, plan: {startedAt: yesterday}}",
                    "{phase: Nonsense}",
                    "{phase: Stopped, candidate: {revision: a}, withdrawal: {cause: Because}}",
                    "{phase: Idle, verdicts: [{check: a, ruling: Maybe}]}",
                    "{phase: Idle, traffic: {modelUid: u, seq: 1, stable: a, split: {kind: none, percent: lots}}}",
                    "{phase: Idle, history: [{outcome: Succeeded}]}",
                    "{}")) {
                assertThat(StatusReader.state(Serialization.unmarshal("---\n" + broken, RagRolloutStatus.class)))
                        .as(broken)
                        .isEmpty();
            }
            assertThat(StatusReader.state(null)).isEmpty();
        }

        @Test
        void keeps_the_time_of_a_condition_that_did_not_change() {
            RagRollout rollout = rollout(ROLLOUT);
            rollout.setStatus(StatusWriter.status(rollout, state(0, "ok"), Optional.of("m"), Optional.empty(), NOW));
            RagRolloutStatus later = StatusWriter.status(
                    rollout, state(0, "ok"), Optional.of("m"), Optional.empty(), NOW.plusSeconds(60));
            assertThat(later).isEqualTo(rollout.getStatus());
            assertThat(later.conditions()).anySatisfy(c -> {
                assertThat(c.getType()).isEqualTo("Ready");
                assertThat(c.getStatus()).isEqualTo("True");
                assertThat(c.getObservedGeneration()).isEqualTo(3);
            });
        }
    }
}
