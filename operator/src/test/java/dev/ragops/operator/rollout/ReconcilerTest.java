package dev.ragops.operator.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagRollout;
import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.api.v1alpha1.TrafficStatus;
import dev.ragops.operator.rollout.collect.GatewayAnswer;
import dev.ragops.operator.rollout.evidence.Counters;
import dev.ragops.operator.rollout.evidence.Histogram;
import dev.ragops.operator.rollout.evidence.Pairs;
import dev.ragops.operator.rollout.evidence.Tally;
import dev.ragops.operator.rollout.evidence.TrackEvidence;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.Operator;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The wiring: caches, events, writes. What is decided is tested where it is decided. */
@EnableKubernetesMockClient(crud = true)
@SuppressWarnings("NullAway.Init") // the extension sets client and server
class ReconcilerTest {
    private static final String NAMESPACE = "default";
    private static final String ROLLOUT = """
            apiVersion: ragops.dev/v1alpha1
            kind: RagRollout
            metadata: {name: support, namespace: default}
            spec:
              modelRef: {name: support}
              steps: [{name: ten, canary: {weight: 10}, duration: 200ms, minSamples: 10}]
              analysis: {interval: 1s}
              watch: {duration: 0s}
              writeBack: {tags: false}
            """;
    private static final String MODEL = """
            apiVersion: ragops.dev/v1alpha1
            kind: RagModel
            metadata: {name: support, namespace: default}
            spec:
              registry: {url: http://127.0.0.1:1}
              model: {name: support-rag, alias: production}
            """;

    KubernetesMockServer server;
    KubernetesClient client;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private volatile long bad;
    private Operator operator;
    private RagRolloutReconciler reconciler;

    @BeforeEach
    void start() {
        server.expectCustomResource(CustomResourceDefinitionContext.fromCustomResourceType(RagRollout.class));
        server.expectCustomResource(CustomResourceDefinitionContext.fromCustomResourceType(RagModel.class));
        reconciler = new RagRolloutReconciler(client, registry, _ -> List.of(counted()));
        operator = new Operator(o -> o.withKubernetesClient(client).withCloseClientOnStop(false));
        operator.register(reconciler);
        operator.start();
    }

    @AfterEach
    void stop() {
        operator.stop();
        reconciler.stop();
    }

    private GatewayAnswer counted() {
        return new GatewayAnswer.Counted(
                "gw",
                "p",
                new Tally(track(500, 0), track(500, bad), TrackEvidence.NONE, 1000, 0, 0, 0, Pairs.NONE),
                Optional.empty());
    }

    private static TrackEvidence track(long total, long errors) {
        return new TrackEvidence(Map.of("retrieval", new Counters(total, errors, 0, 0, 0, Map.of(), Histogram.EMPTY)));
    }

    private RagRollout rollout() {
        return client.resources(RagRollout.class)
                .inNamespace(NAMESPACE)
                .withName("support")
                .get();
    }

    private String phase() {
        RagRolloutStatus status = rollout().getStatus();
        return status == null || status.phase() == null ? "" : status.phase();
    }

    /** Plays the other reconciler: realises what is asked. */
    private void realise(String target) {
        RagModel model = client.resources(RagModel.class)
                .inNamespace(NAMESPACE)
                .withName("support")
                .get();
        Optional<TrafficStatus> traffic =
                Optional.ofNullable(rollout().getStatus()).map(RagRolloutStatus::traffic);
        long seq = traffic.map(t -> Objects.requireNonNullElse(t.seq(), 0L)).orElse(0L);
        String stable = traffic.map(TrafficStatus::stable).orElse("support-a");
        RagModel next = Serialization.clone(model);
        next.setStatus(Serialization.unmarshal(
                """
                ---
                target: {revision: %s, version: "2", digest: d, configDigest: c}
                rolloutRef: {name: support, uid: %s}
                revisions:
                  - {name: support-a, version: "1", state: Ready, desiredReplicas: 1, readyReplicas: 1}
                  - {name: support-b, version: "2", state: Ready, desiredReplicas: 1, readyReplicas: 1}
                route: {generation: %d, appliedSeq: %d, stable: %s, verified: true}
                """.formatted(target, rollout().getMetadata().getUid(), seq + 1, seq, stable),
                dev.ragops.api.v1alpha1.RagModelStatus.class));
        if (!next.getStatus().equals(model.getStatus())) {
            client.resource(next).updateStatus();
        }
    }

    private void create() {
        client.resource(Serialization.unmarshal(MODEL, RagModel.class)).create();
        client.resource(Serialization.unmarshal(ROLLOUT, RagRollout.class)).create();
    }

    private void until(String target, String phase) {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            realise(target);
            return phase().equals(phase);
        });
    }

    @Test
    void aRolloutOfAnotherInstallationsModelIsLeftAlone() {
        RagModel theirs = Serialization.unmarshal(MODEL + "  controllerName: theirs\n", RagModel.class);
        client.resource(theirs).create();
        client.resource(Serialization.unmarshal(ROLLOUT, RagRollout.class)).create();
        RagModel ours = Serialization.unmarshal(MODEL.replace("name: support,", "name: ours,"), RagModel.class);
        client.resource(ours).create();
        client.resource(Serialization.unmarshal(ROLLOUT.replace("name: support", "name: ours"), RagRollout.class))
                .create();

        await().until(() -> status("ours").isPresent());
        assertThat(status("support")).isEmpty();
    }

    private Optional<RagRolloutStatus> status(String name) {
        return Optional.ofNullable(client.resources(RagRollout.class)
                        .inNamespace(NAMESPACE)
                        .withName(name)
                        .get())
                .map(RagRollout::getStatus);
    }

    @Test
    void a_rollout_goes_from_target_to_success_and_says_so() {
        create();
        until("support-a", "Idle");
        until("support-b", "Succeeded");
        assertThat(rollout().getStatus()).isNotNull();
        TrafficStatus traffic = Objects.requireNonNull(rollout().getStatus().traffic());
        assertThat(traffic.stable()).isEqualTo("support-b");
        assertThat(client.v1().events().inNamespace(NAMESPACE).list().getItems())
                .extracting(Event::getReason)
                .contains("Started", "StepStarted", "Promoted", "Succeeded");
        assertThat(registry.get("ragops.rollout.outcomes")
                        .tag("outcome", "Succeeded")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("ragops.rollout.phase")
                        .tag("phase", "Ended")
                        .gauge()
                        .value())
                .isEqualTo(1);
    }

    @Test
    void a_breach_takes_users_back() {
        create();
        until("support-a", "Idle");
        bad = 200;
        until("support-b", "RolledBack");
        RagRolloutStatus status = rollout().getStatus();
        assertThat(status.rejected())
                .singleElement()
                .satisfies(r -> assertThat(r.revision()).isEqualTo("support-b"));
        assertThat(Objects.requireNonNull(status.traffic()).stable()).isEqualTo("support-a");
        assertThat(status.evidence()).isNotNull();
    }

    @Test
    void an_unchanged_world_is_not_written() {
        create();
        until("support-a", "Idle");
        realise("support-a");
        await().until(() -> {
            String before = rollout().getMetadata().getResourceVersion();
            reconciler.carry(rollout());
            return rollout().getMetadata().getResourceVersion().equals(before);
        });
        String settled = rollout().getMetadata().getResourceVersion();
        for (int i = 0; i < 5; i++) {
            reconciler.carry(rollout());
        }
        assertThat(rollout().getMetadata().getResourceVersion()).isEqualTo(settled);
    }

    @Test
    void a_decision_on_something_old_is_not_written() {
        create();
        until("support-a", "Idle");
        RagRollout stale = Serialization.clone(rollout());
        stale.setStatus(null);
        RagRolloutStatus before = rollout().getStatus();
        // The mock takes a status of any version; a real API server answers this to an old one.
        server.expect()
                .put()
                .withPath("/apis/ragops.dev/v1alpha1/namespaces/" + NAMESPACE + "/ragrollouts/support/status")
                .andReturn(409, new StatusBuilder().withCode(409).build())
                .once();
        assertThat(reconciler.carry(stale)).isEqualTo(Duration.ofMillis(200));
        assertThat(rollout().getStatus().phase()).isEqualTo(before.phase());
    }

    @Test
    void a_rollout_without_its_model_says_what_is_missing() {
        client.resource(Serialization.unmarshal(ROLLOUT, RagRollout.class)).create();
        await().until(() -> phase().equals("Stalled"));
        assertThat(rollout().getStatus().reason()).isEqualTo("ModelNotFound");
        assertThat(rollout().getStatus().message()).contains("RagModel support");
    }
}
