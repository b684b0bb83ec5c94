package dev.ragops.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.e2e.cluster.LoadPod;
import dev.ragops.e2e.cluster.Waiting;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** MLflow is gone and every pod with it: the bundle cache brings both revisions back, and users too. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RegistryDownIT {
    /** A Service of this namespace before the real MLflow: taking its endpoints away stops MLflow for this namespace only. */
    private static final String REGISTRY = "mlflow";

    private final Stage stage = new Stage(RegistryDownIT.class);
    private String better = "";

    @AfterAll
    void leave() {
        stage.close();
    }

    @BeforeAll
    void theBetterVersionIsInItsWatch() {
        stage.cluster().mustApply("""
                apiVersion: v1
                kind: Service
                metadata: {name: mlflow}
                spec: {ports: [{name: main, port: 5000}]}
                ---
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: bundles}
                spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                """);
        connect();
        stage.alias(stage.baseline());
        stage.cluster()
                .mustApply(stage.modelOf(
                                Stage.MODEL,
                                "http://%s.%s.svc:5000"
                                        .formatted(REGISTRY, stage.cluster().namespace()),
                                Stage.REGISTERED,
                                stage.alias())
                        .replace(
                                "runtime: {replicas: 1}", "runtime: {replicas: 1, bundleCache: {claimName: bundles}}"));
        stage.awaitCondition(Stage.MODEL, "Ready", "True");
        stage.awaitCondition(Stage.MODEL, "RollbackReady", "True", "BundleCache");
        stage.cluster()
                .mustApply(stage.rollout(
                        Stage.MODEL, Stage.MODEL, "steps: [{name: review, pause: {}}]", "watch: {duration: 30m}"));
        stage.alias(stage.better());
        better = stage.awaitPause("review").revision();
        stage.intend("{\"promote\": {\"revision\": \"%s\", \"attempt\": 1}}".formatted(better));
        stage.awaitPhase("Watching");
    }

    @Test
    @Order(1)
    void everyPodComesBackWithoutMlflow() {
        disconnect();
        // A connection that is open outlives the endpoint: the operator begins anew, with nobody to ask.
        stage.operator().kill();
        stage.awaitCondition(Stage.MODEL, "Resolved", "False", "RegistryUnreachable", "what runs goes on");

        stage.kubectl("delete", "pods", "--all", "--wait=true", "--timeout=60s");

        Waiting.until(
                "pods of gateway and both revisions, all ready",
                Duration.ofMinutes(2),
                () -> {
                    List<Boolean> ready =
                            stage.client().pods().inNamespace(stage.cluster().namespace()).list().getItems().stream()
                                    .map(Readiness::isPodReady)
                                    .toList();
                    return ready.size() == 3 && !ready.contains(false);
                },
                () -> stage.cluster().inWords(Stage.MODEL));
        LoadPod users = stage.users();
        stage.awaitOnly(users, stage.better());
        Stage.assertNobodyNoticed(users);
    }

    @Test
    @Order(2)
    void usersGoBackWithoutMlflow() {
        LoadPod users = stage.users();

        stage.intend("{\"abort\": {\"revision\": \"%s\", \"attempt\": 1}}".formatted(better));

        RagRolloutStatus back = stage.awaitPhase("Aborted");
        assertThat(back.history().getFirst().reported()).isNotEqualTo(true);
        stage.awaitOnly(users, stage.baseline());
        Stage.assertNobodyNoticed(users);
    }

    @Test
    @Order(3)
    void mlflowBackIsHeardAgain() {
        connect();

        stage.awaitCondition(Stage.MODEL, "Resolved", "True", "VersionFound");
    }

    private void connect() {
        EndpointSlice real = stage.client()
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace("mlflow")
                .withLabel("kubernetes.io/service-name", "mlflow")
                .list()
                .getItems()
                .getFirst();
        stage.client()
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace(stage.cluster().namespace())
                .resource(new EndpointSliceBuilder(real)
                        .withNewMetadata()
                        .withName(REGISTRY)
                        .addToLabels("kubernetes.io/service-name", REGISTRY)
                        .endMetadata()
                        .editFirstPort()
                        .withName("main")
                        .endPort()
                        .build())
                .create();
    }

    private void disconnect() {
        stage.client()
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace(stage.cluster().namespace())
                .withName(REGISTRY)
                .delete();
    }
}
