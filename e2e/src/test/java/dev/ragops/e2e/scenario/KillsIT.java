package dev.ragops.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.e2e.cluster.LoadPod;
import dev.ragops.e2e.cluster.Waiting;
import io.fabric8.kubernetes.api.model.Pod;
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

/** Pods of every kind die under load, and every request is answered. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KillsIT {
    private static final String RUNTIME = "rag-runtime";
    private static final String GATEWAY = "rag-gateway";

    private final Stage stage = new Stage(KillsIT.class);
    private LoadPod users;

    KillsIT() {
        stage.serveBaseline();
        users = stage.users();
    }

    @BeforeAll
    void twoOfEach() {
        stage.change("{\"runtime\": {\"replicas\": 2}, \"gateway\": {\"replicas\": 2}}");
        awaitReady(RUNTIME);
        awaitReady(GATEWAY);
    }

    @AfterAll
    void leave() {
        users.close();
        stage.close();
    }

    @Test
    @Order(1)
    void aRuntimePodKilledAtOnceCostsNoRequest() {
        kill(RUNTIME, "--grace-period=0", "--force");
        assertNobodyNoticed();
    }

    @Test
    @Order(2)
    void aRuntimePodEvictedCostsNoRequest() {
        kill(RUNTIME);
        assertNobodyNoticed();
    }

    @Test
    @Order(3)
    void aGatewayPodEvictedCostsNoRequest() {
        kill(GATEWAY);
        assertNobodyNoticed();
    }

    @Test
    @Order(4)
    void theOperatorKilledCostsNoRequest() {
        stage.operator().kill();
        stage.operator().awaitReady(Duration.ofSeconds(90));
        assertNobodyNoticed();
    }

    @Test
    @Order(5)
    void aCandidatePodKilledInACanaryCostsNoRequest() {
        stage.cluster()
                .mustApply(stage.rollout(
                        Stage.MODEL,
                        Stage.MODEL,
                        "steps: [{name: half, canary: {weight: 50}, duration: 1s}, {name: review, pause: {}}]"));
        stage.alias(stage.better());
        String candidate = stage.awaitPause("review").revision();

        String victim = stage.cluster().pods(candidate).getFirst().getMetadata().getName();
        stage.kubectl("delete", "pod", victim, "--wait=false", "--grace-period=0", "--force");

        Waiting.until(
                "the candidate's pod killed and another in its place",
                Duration.ofSeconds(90),
                () -> stage.cluster().pods(candidate).stream()
                                .filter(pod -> !victim.equals(pod.getMetadata().getName()))
                                .filter(Readiness::isPodReady)
                                .count()
                        == 2,
                () -> stage.cluster().inWords(Stage.MODEL));
        assertThat(stage.awaitPause("review").revision()).isEqualTo(candidate);
        Stage.assertNobodyNoticed(users);
    }

    /** Deletes one pod of a kind and waits until another stands in for it. */
    private void kill(String kind, String... how) {
        String victim = pods(kind).getFirst().getMetadata().getName();
        String[] command = new String[how.length + 4];
        System.arraycopy(new String[] {"delete", "pod", victim, "--wait=false"}, 0, command, 0, 4);
        System.arraycopy(how, 0, command, 4, how.length);
        stage.kubectl(command);
        Waiting.until(
                victim + " gone",
                Duration.ofSeconds(60),
                () -> pods(kind).stream()
                        .noneMatch(pod -> pod.getMetadata().getName().equals(victim)),
                () -> stage.cluster().inWords(Stage.MODEL));
        awaitReady(kind);
    }

    private void awaitReady(String kind) {
        Waiting.until(
                "two ready pods of " + kind,
                Duration.ofSeconds(90),
                () -> pods(kind).stream().filter(Readiness::isPodReady).count() == 2,
                () -> stage.cluster().inWords(Stage.MODEL));
    }

    private List<Pod> pods(String kind) {
        return stage.client()
                .pods()
                .inNamespace(stage.cluster().namespace())
                .withLabel("app.kubernetes.io/name", kind)
                .list()
                .getItems();
    }

    private void assertNobodyNoticed() {
        var report = users.latest().orElseThrow();
        assertThat(report.failed()).as("%s", report.lastFailures()).isZero();
    }
}
