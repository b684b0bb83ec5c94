package dev.ragops.operator.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagModelSpec;
import dev.ragops.api.v1alpha1.RagModelStatus;
import dev.ragops.api.v1alpha1.RagRollout;
import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.api.v1alpha1.RevisionStatus;
import dev.ragops.api.v1alpha1.RouteStatus;
import dev.ragops.operator.gateway.Gateways;
import dev.ragops.operator.registry.Resolution;
import dev.ragops.operator.revision.Revisions;
import dev.ragops.operator.runtime.Health;
import dev.ragops.operator.workload.Defaults;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The wiring of the actuator: caches, events, what is written and what is left alone. What is decided is tested where it is decided. */
class RagModelReconcilerTest {
    private static final String NAMESPACE = "default";
    private static final Defaults DEFAULTS = new Defaults("runtime:1", "gateway:1", "IfNotPresent");
    private static final String MODEL = """
            apiVersion: ragops.dev/v1alpha1
            kind: RagModel
            metadata: {name: support, namespace: default}
            spec:
              registry: {url: "http://127.0.0.1:1", pollInterval: 1s}
              model: {name: support-rag, alias: production}
            """;

    private final ApplyingServer cluster = new ApplyingServer();
    private final KubernetesMockServer server = new KubernetesMockServer(
            new Context(Serialization.jsonMapper()), new MockWebServer(), new HashMap<>(), cluster, false);
    private final AtomicReference<Resolution> registered = new AtomicReference<>(found("1"));
    /** By address: what a runtime pod says of itself. */
    private final Map<String, Health> said = new ConcurrentHashMap<>();

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicInteger reconciles = new AtomicInteger();
    private @Nullable KubernetesClient client;
    private @Nullable Operator operator;
    private @Nullable RagModelReconciler reconciler;

    private static Resolution.Found found(String version) {
        return new Resolution.Found(version, "run-" + version, version.repeat(64), Map.of());
    }

    /** Gateways that apply whatever there is. */
    private static final class Obedient implements Gateways {
        @Override
        public State ask(Pod pod, String namespace, String model, String modelUid) {
            return new State(Long.MAX_VALUE, Settings.UNSAID, "");
        }
    }

    @BeforeEach
    void start() {
        server.init();
        cluster.expectCustomResource(CustomResourceDefinitionContext.fromCustomResourceType(RagRollout.class));
        cluster.expectCustomResource(CustomResourceDefinitionContext.fromCustomResourceType(RagModel.class));
        client = server.createClient();
        operate(DEFAULTS);
    }

    private void operate(Defaults defaults) {
        reconciler =
                new RagModelReconciler(
                        client(), meters, _ -> registered.get(), new Obedient(), this::health, defaults) {
                    @Override
                    public UpdateControl<RagModel> reconcile(
                            RagModel model, io.javaoperatorsdk.operator.api.reconciler.Context<RagModel> context) {
                        try {
                            return super.reconcile(model, context);
                        } finally {
                            reconciles.incrementAndGet();
                        }
                    }
                };
        operator = new Operator(o -> o.withKubernetesClient(client()).withCloseClientOnStop(false));
        operator.register(Objects.requireNonNull(reconciler));
        operator.start();
    }

    private Health health(String address) throws IOException {
        return Optional.ofNullable(said.get(address)).orElseThrow(() -> new IOException("silent"));
    }

    private void retire() {
        Objects.requireNonNull(operator).stop();
        Objects.requireNonNull(reconciler).stop();
    }

    @AfterEach
    void stop() {
        retire();
        client().close();
        server.destroy();
    }

    private KubernetesClient client() {
        return Objects.requireNonNull(client);
    }

    private <T extends HasMetadata> Optional<T> there(Class<T> type, String name) {
        return Optional.ofNullable(
                client().resources(type).inNamespace(NAMESPACE).withName(name).get());
    }

    private RagModel model() {
        return there(RagModel.class, "support").orElseThrow();
    }

    private Optional<RagModelStatus> status() {
        return Optional.ofNullable(model().getStatus());
    }

    private Optional<RouteStatus> route() {
        return status().map(RagModelStatus::route);
    }

    private String condition(String type) {
        return status().stream()
                .flatMap(s -> s.conditions().stream())
                .filter(c -> c.getType().equals(type))
                .map(c -> c.getStatus() + " " + c.getReason())
                .findFirst()
                .orElse("");
    }

    private String message(String type) {
        return status().stream()
                .flatMap(s -> s.conditions().stream())
                .filter(c -> c.getType().equals(type))
                .map(Condition::getMessage)
                .findFirst()
                .orElse("");
    }

    private void create(String more) {
        client().resource(Serialization.unmarshal(MODEL + more.indent(2), RagModel.class))
                .create();
    }

    private String name(String version) {
        RagModelSpec spec = model().getSpec();
        return Revisions.cut("support", spec, found(version)).name();
    }

    /** Plays the kubelet: all pods of a Deployment are ready. */
    private void ready(String deployment) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> there(Deployment.class, deployment).isPresent());
        client().resources(Deployment.class)
                .inNamespace(NAMESPACE)
                .withName(deployment)
                .edit(d -> {
                    int pods = Objects.requireNonNullElse(d.getSpec().getReplicas(), 1);
                    d.setStatus(new DeploymentStatusBuilder()
                            .withReplicas(pods)
                            .withUpdatedReplicas(pods)
                            .withAvailableReplicas(pods)
                            .withReadyReplicas(pods)
                            .withObservedGeneration(1_000_000L)
                            .build());
                    return d;
                });
    }

    private void until(String what, String expected) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(condition(what)).isEqualTo(expected));
    }

    /** Plays the endpoint slice controller: one gateway is ready. */
    private void gateways() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> there(Service.class, "support").isPresent());
        client().resource(new EndpointSliceBuilder()
                        .withNewMetadata()
                        .withName("support-x")
                        .withNamespace(NAMESPACE)
                        .addToLabels("kubernetes.io/service-name", "support")
                        .addToLabels("app.kubernetes.io/managed-by", "ragops")
                        .addToLabels("ragops.dev/model", "support")
                        .addNewOwnerReference()
                        .withApiVersion("v1")
                        .withKind("Service")
                        .withName("support")
                        .withUid(there(Service.class, "support")
                                .orElseThrow()
                                .getMetadata()
                                .getUid())
                        .withController(true)
                        .endOwnerReference()
                        .endMetadata()
                        .addNewEndpoint()
                        .withAddresses("10.0.0.9")
                        .withNewConditions()
                        .withReady(true)
                        .endConditions()
                        .withNewTargetRef()
                        .withKind("Pod")
                        .withName("support-gateway-1")
                        .endTargetRef()
                        .endEndpoint()
                        .build())
                .create();
    }

    /** Plays the kubelet: a runtime pod runs and says this of itself. */
    private void pod(String revision, String address, Health health) {
        said.put(address, health);
        client().resource(new PodBuilder()
                        .withNewMetadata()
                        .withName(revision + "-" + address.replace('.', '-'))
                        .withNamespace(NAMESPACE)
                        .addToLabels("app.kubernetes.io/managed-by", "ragops")
                        .addToLabels("ragops.dev/model", "support")
                        .addToLabels("ragops.dev/revision", revision)
                        .endMetadata()
                        .withNewSpec()
                        .endSpec()
                        .withNewStatus()
                        .withPodIP(address)
                        .addNewContainerStatus()
                        .withName("runtime")
                        .withStarted(true)
                        .withReady(false)
                        .withNewState()
                        .withNewRunning()
                        .endRunning()
                        .endState()
                        .endContainerStatus()
                        .endStatus()
                        .build())
                .create();
    }

    private RevisionStatus revision(String name) {
        return status().stream()
                .flatMap(s -> s.revisions().stream())
                .filter(r -> r.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no revision " + name + " in the status"));
    }

    private String serving() {
        create("");
        gateways();
        String revision = name("1");
        ready(revision);
        until("Ready", "True Serving");
        return revision;
    }

    /** As kubectl edit does: on the newest version, again where the operator wrote in between. */
    private void edit(java.util.function.UnaryOperator<RagModel> change) {
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptionsMatching(
                        e -> e instanceof KubernetesClientException conflict && conflict.getCode() == 409)
                .until(() -> client().resources(RagModel.class)
                                .inNamespace(NAMESPACE)
                                .withName("support")
                                .edit(change)
                        != null);
    }

    /** Makes the operator look again without changing anything it looks at. */
    private void nudge() {
        int before = reconciles.get();
        edit(m -> {
            m.getMetadata().setAnnotations(Map.of("nudge", Integer.toString(before)));
            return m;
        });
        await().atMost(Duration.ofSeconds(20)).until(() -> reconciles.get() > before);
    }

    private List<String> written() {
        return cluster.writes.stream()
                .filter(write -> !write.endsWith("/ragmodels/support") && !write.contains("/ragrollouts"))
                .filter(write -> !write.contains("/events"))
                .collect(Collectors.toList());
    }

    @Test
    void a_first_revision_is_recorded_started_and_serves() {
        String revision = serving();

        assertThat(route().map(RouteStatus::stable)).contains(revision);
        assertThat(there(ControllerRevision.class, revision)).isPresent();
        for (HasMetadata object : List.of(
                there(Service.class, "support").orElseThrow(),
                there(Service.class, revision).orElseThrow(),
                there(Deployment.class, "support-gateway").orElseThrow(),
                there(ConfigMap.class, "support-route").orElseThrow())) {
            assertThat(object.getMetadata().getOwnerReferences())
                    .singleElement()
                    .returns(model().getMetadata().getUid(), OwnerReference::getUid);
        }
    }

    @Test
    void what_pods_say_they_run_and_how_far_they_are_stands_in_the_status() {
        create("");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> there(ControllerRevision.class, name("1")).isPresent());
        String revision = name("1");
        pod(revision, "10.0.0.1", new Health("catching-up", 40, 100, revision, "", "", null, null));
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(revision(revision).state()).isEqualTo(RevisionStatus.State.INDEXING);
            assertThat(revision(revision).indexed()).isEqualTo(40);
            assertThat(revision(revision).toIndex()).isEqualTo(100);
        });

        pod(revision, "10.0.0.2", new Health("ready", 0, 0, revision, "", "another", new Health.View(7, 9), null));
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(revision(revision).state()).isEqualTo(RevisionStatus.State.FAILED);
            assertThat(revision(revision).lastFailure()).contains("another config.json");
            assertThat(revision(revision).lag()).isEqualTo(2);
        });
    }

    @Test
    void an_unchanged_world_is_not_written() {
        serving();
        nudge();
        await().during(Duration.ofSeconds(1)).atMost(Duration.ofSeconds(20)).until(() -> {
            int before = written().size();
            nudge();
            return written().size() == before;
        });
    }

    @Test
    void a_service_of_the_same_name_that_is_not_ours_is_left_alone_and_said() {
        Service foreign = new ServiceBuilder()
                .withNewMetadata()
                .withName("support")
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withNewSpec()
                .withSelector(Map.of("app", "theirs"))
                .endSpec()
                .build();
        client().resource(foreign).create();
        create("");

        until("Stalled", "True NameConflict");
        assertThat(message("Stalled")).contains("Service support exists and is not of this RagModel");
        assertThat(there(Service.class, "support").orElseThrow().getSpec().getSelector())
                .isEqualTo(Map.of("app", "theirs"));
        ready(name("1"));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> route().map(RouteStatus::stable).isPresent());
    }

    @Test
    void a_service_that_somebody_removes_is_made_again_at_once() {
        serving();
        client().services().inNamespace(NAMESPACE).withName("support").delete();

        await().atMost(Duration.ofSeconds(10))
                .until(() -> there(Service.class, "support").isPresent());
    }

    @Test
    void a_status_wiped_by_hand_is_rebuilt_and_nothing_else_moves() {
        String revision = serving();
        Map<String, String> before =
                there(ConfigMap.class, "support-route").orElseThrow().getData();
        RagModel wiped = model();
        wiped.setStatus(null);
        client().resource(wiped).updateStatus();

        until("Ready", "True Serving");
        assertThat(route().map(RouteStatus::stable)).contains(revision);
        assertThat(there(ConfigMap.class, "support-route").orElseThrow().getData())
                .isEqualTo(before);
    }

    @Test
    void a_route_that_is_lost_with_the_status_is_rebuilt_from_the_records_and_no_candidate_slips_in() {
        String stable = serving();
        long generation = Objects.requireNonNull(route().orElseThrow().generation());
        retire();
        // Version 2 has ready pods and is what the alias names, as in the middle of a trial.
        registered.set(found("2"));
        operate(DEFAULTS);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> there(ControllerRevision.class, name("2")).isPresent());
        retire();
        client().configMaps().inNamespace(NAMESPACE).withName("support-route").delete();
        RagModel wiped = model();
        wiped.setStatus(null);
        client().resource(wiped).updateStatus();
        operate(DEFAULTS);

        until("Ready", "True Serving");
        assertThat(route().map(RouteStatus::stable)).contains(stable);
        assertThat(route().orElseThrow().generation()).isGreaterThan(generation);
    }

    @Test
    void a_route_that_somebody_broke_is_written_anew() {
        String stable = serving();
        client().configMaps().inNamespace(NAMESPACE).withName("support-route").edit(map -> {
            map.setData(Map.of("route.json", "{oops"));
            return map;
        });

        await().atMost(Duration.ofSeconds(20))
                .until(() -> there(ConfigMap.class, "support-route")
                        .orElseThrow()
                        .getData()
                        .getOrDefault("route.json", "")
                        .contains(stable));
    }

    @Test
    void a_write_on_something_old_is_not_forced_but_decided_again() {
        String first = serving();
        edit(m -> Serialization.unmarshal(
                Serialization.asYaml(m).replace("spec:", "spec:\n  promotion: Direct"), RagModel.class));
        registered.set(found("2"));
        String second = name("2");
        ready(second);
        cluster.refuse("/configmaps/support-route", 409);
        nudge();

        await().atMost(Duration.ofSeconds(20))
                .until(() -> cluster.hasRefused()
                        && route().map(RouteStatus::stable)
                                .filter(second::equals)
                                .isPresent());
        assertThat(second).isNotEqualTo(first);
    }

    @Test
    void an_autoscaler_comes_and_goes_with_the_spec() {
        String revision = serving();
        edit(m -> Serialization.unmarshal(
                Serialization.asYaml(m)
                        .replace("spec:", "spec:\n  runtime: {autoscaling: {minReplicas: 2, maxReplicas: 4}}"),
                RagModel.class));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> there(HorizontalPodAutoscaler.class, revision)
                        .filter(hpa -> hpa.getSpec().getMinReplicas() == 2)
                        .isPresent());
        edit(m -> Serialization.unmarshal(
                Serialization.asYaml(m)
                        .replaceAll("(?s)  runtime:.*?targetCPUUtilization: \\d+\n", "")
                        .replaceAll("(?s)  runtime:\n    autoscaling:\n.*?(?=\n  \\w)", ""),
                RagModel.class));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> there(HorizontalPodAutoscaler.class, revision).isEmpty());
    }

    @Test
    void an_upgrade_of_the_operator_touches_the_gateway_and_no_revision() {
        String revision = serving();
        String pod = Serialization.asJson(
                there(Deployment.class, revision).orElseThrow().getSpec());
        retire();
        operate(new Defaults("runtime:2", "gateway:2", "IfNotPresent"));

        await().atMost(Duration.ofSeconds(20))
                .until(() -> Serialization.asJson(there(Deployment.class, "support-gateway")
                                .orElseThrow()
                                .getSpec())
                        .contains("gateway:2"));
        nudge();
        assertThat(Serialization.asJson(
                        there(Deployment.class, revision).orElseThrow().getSpec()))
                .isEqualTo(pod);
    }

    @Test
    void a_version_that_cannot_be_found_says_why_and_disturbs_nobody() {
        String stable = serving();
        registered.set(new Resolution.Failed("AliasNotFound", "model support-rag has no alias production", true));

        until("Resolved", "False AliasNotFound");
        assertThat(message("Resolved")).contains("what runs goes on");
        assertThat(condition("Ready")).isEqualTo("True Serving");
        assertThat(meters.get("ragops.registry.answers")
                        .tag("reason", "AliasNotFound")
                        .counter()
                        .count())
                .isPositive();
        assertThat(meters.get("ragops.model.condition")
                        .tag("type", "Ready")
                        .gauge()
                        .value())
                .isEqualTo(1);
        assertThat(route().map(RouteStatus::stable)).contains(stable);
    }

    @Test
    void a_rollout_that_is_removed_midway_leaves_users_on_stable() {
        String stable = serving();
        RagRollout rollout = Serialization.unmarshal("""
                apiVersion: ragops.dev/v1alpha1
                kind: RagRollout
                metadata: {name: support, namespace: default}
                spec: {modelRef: {name: support}, steps: [{name: a, canary: {weight: 10}}]}
                """, RagRollout.class);
        client().resource(rollout).create();
        registered.set(found("2"));
        String next = name("2");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> there(ControllerRevision.class, next).isPresent());
        RagRollout asked = there(RagRollout.class, "support").orElseThrow();
        asked.setStatus(Serialization.unmarshal(
                """
                phase: Progressing
                traffic: {modelUid: %s, attempt: 1, seq: 5, stable: %s, candidate: %s, split: {kind: split, percent: "10"}, fallback: true, floor: 1}
                """.formatted(model().getMetadata().getUid(), stable, next), RagRolloutStatus.class));
        client().resource(asked).updateStatus();
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(route().map(RouteStatus::candidate)).contains(next));

        client().resource(asked).delete();

        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(route().map(RouteStatus::candidate)).isEmpty();
            assertThat(route().map(RouteStatus::stable)).contains(stable);
        });
    }
}
