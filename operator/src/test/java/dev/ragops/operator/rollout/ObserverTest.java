package dev.ragops.operator.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagRollout;
import dev.ragops.operator.rollout.collect.Collector.Collected;
import dev.ragops.operator.rollout.collect.Collector.Reading;
import dev.ragops.operator.rollout.collect.Subject;
import dev.ragops.operator.rollout.machine.Rejection;
import dev.ragops.operator.rollout.machine.RevisionId;
import dev.ragops.operator.rollout.machine.Snapshot;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ObserverTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String PROGRESSING = """
            apiVersion: ragops.dev/v1alpha1
            kind: RagRollout
            metadata: {name: r, namespace: default, uid: u}
            spec:
              modelRef: {name: support}
              steps: [{name: other, canary: {weight: 1}}]
              analysis: {interval: 5s}
            status:
              phase: %s
              reason: StepRunning
              attempt: 1
              plan:
                steps: [{name: ten, canary: {weight: 10}}]
                startedAt: "2025-12-31T00:00:00Z"
                analysis:
                  prometheus:
                    url: http://prometheus
                    credentialsSecret: {name: prometheus}
                    checks:
                      - {name: fresh, query: 'x{revision="{{candidate}}"} / x{revision="{{stable}}"}', max: "2"}
                      - {name: stale, query: up, min: "1"}
                      - {name: silent, query: up, min: "1"}
              step: {index: 0, since: "2025-12-31T23:00:00Z", generation: 4}
              stable: {revision: support-a}
              candidate: {revision: support-b}
              previous: {revision: support-z}
              evidence: {generation: 4, candidate: {classes: [{name: retrieval, total: 9}]}}
            """;
    private static final String MODEL = """
            apiVersion: ragops.dev/v1alpha1
            kind: RagModel
            metadata: {name: support, namespace: default, uid: m}
            spec: {registry: {url: http://mlflow}, model: {name: support-rag, version: "1"}}
            status: {route: {generation: 6, appliedSeq: 1}}
            """;

    private static RagRollout rollout(String phase) {
        return Serialization.unmarshal(PROGRESSING.formatted(phase), RagRollout.class);
    }

    private static Snapshot snapshot(RagRollout rollout, Collected collected, List<Rejection> memory) {
        return Observer.snapshot(
                rollout,
                Optional.of(Serialization.unmarshal(MODEL, RagModel.class)),
                collected,
                Set.of(),
                () -> memory,
                NOW);
    }

    @Test
    void readings_older_than_two_intervals_are_no_data() {
        Collected collected = new Collected(
                Optional.empty(),
                Map.of(
                        "fresh", new Reading(OptionalDouble.of(1.5), "", NOW.minusSeconds(9)),
                        "stale", new Reading(OptionalDouble.of(1.5), "", NOW.minusSeconds(11))));
        Snapshot seen = snapshot(rollout("Progressing"), collected, List.of());
        assertThat(seen.readings())
                .extracting(r -> r.value())
                .containsExactly(OptionalDouble.of(1.5), OptionalDouble.empty(), OptionalDouble.empty());
        assertThat(seen.readings())
                .extracting(r -> r.problem())
                .containsExactly("", "last answered at 2025-12-31T23:59:49Z", "not asked yet");
    }

    @Test
    void the_models_memory_is_read_only_for_a_lost_status() {
        List<Rejection> memory = List.of(new Rejection(RevisionId.named("support-b"), "slow", NOW));
        RagRollout rollout = rollout("Progressing");
        assertThat(snapshot(rollout, Collected.NOTHING, memory)
                        .model()
                        .orElseThrow()
                        .rejected())
                .isEmpty();
        rollout.setStatus(null);
        assertThat(snapshot(rollout, Collected.NOTHING, memory)
                        .model()
                        .orElseThrow()
                        .rejected())
                .isEqualTo(memory);
    }

    @Test
    void what_is_collected_follows_the_steps_own_generation() {
        for (String phase : List.of("Progressing", "Watching", "Promoting")) {
            RagRollout rollout = rollout(phase);
            if (phase.equals("Watching")) {
                rollout.setStatus(Serialization.unmarshal(
                        Serialization.asJson(rollout.getStatus()).replace("\"support-a\"", "\"support-b\""),
                        dev.ragops.api.v1alpha1.RagRolloutStatus.class));
            }
            Snapshot seen = snapshot(rollout, Collected.NOTHING, List.of());
            Subject subject = Observer.subject(
                            rollout, seen.model(), seen.state().orElseThrow())
                    .orElseThrow();
            assertThat(subject.generation()).as(phase).isEqualTo(phase.equals("Promoting") ? 6 : 4);
            assertThat(subject.seed().isPresent()).isEqualTo(!phase.equals("Promoting"));
            assertThat(subject.prometheus().orElseThrow().credentialsSecret()).contains("prometheus");
            String stable = phase.equals("Watching") ? "support-z" : "support-a";
            assertThat(subject.prometheus().orElseThrow().checks().getFirst().query())
                    .isEqualTo("x{revision=\"support-b\"} / x{revision=\"" + stable + "\"}");
        }
    }

    @Test
    void nothing_is_collected_while_nothing_runs() {
        RagRollout rollout = rollout("Idle");
        Snapshot seen = snapshot(rollout, Collected.NOTHING, List.of());
        assertThat(Observer.subject(rollout, seen.model(), seen.state().orElseThrow()))
                .isEmpty();
        assertThat(Observer.subject(rollout, Optional.empty(), seen.state().orElseThrow()))
                .isEmpty();
    }
}
