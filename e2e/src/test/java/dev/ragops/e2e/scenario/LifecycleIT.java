package dev.ragops.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagModelStatus;
import dev.ragops.api.v1alpha1.RagRollout;
import dev.ragops.api.v1alpha1.RouteStatus;
import dev.ragops.e2e.cluster.LoadPod;
import dev.ragops.e2e.cluster.Waiting;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever happens to the control plane or to its objects in the middle of a rollout, users keep stable and lose nothing. */
class LifecycleIT {
    private static final String STEPS =
            "steps: [{name: mirror, shadow: {percent: 100}, duration: 2s}, {name: ten, canary: {weight: 10}, duration: 8s}, {name: half, canary: {weight: 50}, duration: 3s}]";
    private static final String WAITING_STEPS =
            "steps: [{name: ten, canary: {weight: 10}, duration: 1s}, {name: review, pause: {}}]";

    private final Stage stage = new Stage(LifecycleIT.class);
    private LoadPod users;
    private String stable;

    LifecycleIT() {
        stage.serveBaseline();
        stable = stage.stable(Stage.MODEL).orElseThrow();
        users = stage.users();
    }

    @BeforeEach
    void usersAreServed() {
        assertThat(users.latest().orElseThrow().failed()).isZero();
    }

    @AfterEach
    void leave() {
        users.close();
        stage.close();
    }

    @Test
    void anOperatorKilledMidWayGoesOnFromTheObjects() {
        begin(STEPS);
        awaitStep("ten");

        stage.operator().kill();

        stage.operator().awaitReady(Duration.ofSeconds(90));
        stage.awaitModel(
                Stage.MODEL,
                "the better version is stable",
                status ->
                        status.route() != null && !stable.equals(status.route().stable()));
        assertNoUserNoticed();
    }

    @Test
    void aStatusWipedByHandIsRebuilt() {
        begin(WAITING_STEPS);
        awaitStep("review");
        long generation = stage.cluster()
                .modelStatus(Stage.MODEL)
                .map(RagModelStatus::route)
                .map(RouteStatus::generation)
                .orElseThrow();

        wipe("ragmodel");
        wipe("ragrollout");

        stage.awaitModel(
                Stage.MODEL,
                "its stable revision and a generation that never fell",
                status -> status.route() != null
                        && stable.equals(status.route().stable())
                        && status.route().generation() != null
                        && status.route().generation() >= generation);
        assertNoUserNoticed();
    }

    @Test
    void aRolloutDeletedMidWayLeavesUsersOnStable() {
        begin(WAITING_STEPS);
        awaitStep("review");

        stage.client()
                .resources(RagRollout.class)
                .inNamespace(stage.cluster().namespace())
                .withName(Stage.MODEL)
                .delete();

        stage.awaitModel(
                Stage.MODEL,
                "no candidate any more",
                status -> status.route() != null
                        && stable.equals(status.route().stable())
                        && (status.route().candidate() == null
                                || status.route().candidate().isEmpty()));
        assertNoUserNoticed();
    }

    @Test
    void anAliasMovedBackMidWayRejectsNothing() {
        begin(WAITING_STEPS);
        awaitStep("review");

        stage.alias(stage.baseline());

        stage.awaitRollout(
                Stage.MODEL,
                "no candidate, nothing rejected",
                status -> status.candidate() == null && status.rejected().isEmpty());
        assertThat(stage.stable(Stage.MODEL)).contains(stable);
        assertNoUserNoticed();
    }

    @Test
    void aModelDeletedMidWayTakesEverythingOfItsOwnWithIt() {
        begin(WAITING_STEPS);
        awaitStep("review");
        users.finish();

        stage.client()
                .resources(RagModel.class)
                .inNamespace(stage.cluster().namespace())
                .withName(Stage.MODEL)
                .delete();

        Waiting.until(
                "no Deployment of the model",
                Duration.ofSeconds(60),
                () -> stage.client()
                        .apps()
                        .deployments()
                        .inNamespace(stage.cluster().namespace())
                        .list()
                        .getItems()
                        .isEmpty(),
                () -> stage.cluster().inWords(Stage.MODEL));
        stage.awaitRollout(
                Stage.MODEL,
                "says that its model is missing",
                status -> status.conditions().stream()
                        .anyMatch(condition ->
                                "Stalled".equals(condition.getType()) && "True".equals(condition.getStatus())));
    }

    private void begin(String steps) {
        stage.cluster().mustApply(stage.rollout(Stage.MODEL, Stage.MODEL, steps));
        stage.alias(stage.better());
    }

    private void awaitStep(String name) {
        stage.awaitRollout(
                Stage.MODEL,
                "step " + name,
                status -> status.step() != null && name.equals(status.step().name()));
    }

    private void wipe(String kind) {
        stage.command()
                .run(
                        Duration.ofSeconds(20),
                        "kubectl",
                        "--namespace",
                        stage.cluster().namespace(),
                        "patch",
                        kind,
                        Stage.MODEL,
                        "--subresource=status",
                        "--type=json",
                        "--patch",
                        "[{\"op\": \"remove\", \"path\": \"/status\"}]");
    }

    private void assertNoUserNoticed() {
        Stage.assertNobodyNoticed(users);
    }
}
