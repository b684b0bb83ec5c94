package dev.ragops.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.e2e.cluster.Cluster;
import dev.ragops.e2e.cluster.LoadPod;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** What a person says with {@code kubectl patch}, or the launcher, happens, once, to the attempt that was meant; users notice nothing of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class IntentsIT {
    private final Stage stage = new Stage(IntentsIT.class);
    private LoadPod users;
    private String better = "";

    IntentsIT() {
        stage.serveBaseline();
        users = stage.users();
    }

    @BeforeAll
    void aRolloutWaitsInItsPause() {
        stage.cluster()
                .mustApply(stage.rollout(
                        Stage.MODEL,
                        Stage.MODEL,
                        "steps: [{name: ten, canary: {weight: 10}, duration: 1s}, {name: review, pause: {}}, {name: half, canary: {weight: 50}, duration: 2s}]",
                        "watch: {duration: 10m}"));
        stage.alias(stage.better());
        Stage.Trial waiting = stage.awaitPause("review");
        better = waiting.revision();
        assertThat(Cluster.condition(waiting.status().conditions(), "Suspended").orElseThrow())
                .satisfies(condition -> {
                    assertThat(condition.getStatus()).isEqualTo("True");
                    assertThat(condition.getReason()).isEqualTo("WaitingForApproval");
                    assertThat(condition.getMessage()).contains("approve step review of attempt 1", "abort");
                });
    }

    @AfterAll
    void leave() {
        Stage.assertNobodyNoticed(users);
        stage.close();
    }

    @Test
    @Order(1)
    void anAbortTakesUsersBackAndRejectsTheVersion() {
        order("abort");

        RagRolloutStatus ended = stage.awaitPhase("Aborted");
        assertThat(ended.rejected()).anyMatch(rejected -> better.equals(rejected.revision()));
        assertThat(Cluster.condition(ended.conditions(), "Stalled")
                        .orElseThrow()
                        .getReason())
                .isEqualTo("AbortRequested");
        stage.awaitOnly(users, stage.baseline());
    }

    @Test
    @Order(2)
    void aRetryLetsARejectedVersionTryAgain() {
        order("retry");

        Stage.Trial waiting = stage.awaitPause("review");
        assertThat(waiting.attempt()).isEqualTo(2);
        assertThat(waiting.status().rejected()).isEmpty();
    }

    @Test
    @Order(3)
    void anApprovalGoesOnToThePromotionWhateverWasMeantForAnotherAttemptBefore() {
        stage.intend("{\"approval\": {\"revision\": \"%s\", \"attempt\": 1, \"step\": \"review\"}}".formatted(better));
        // Seen, and not meant for this attempt.
        stage.awaitTrial(
                "still waiting",
                trial -> stage.isSeen(trial.status())
                        && "AwaitingApproval".equals(trial.status().phase()));

        order("approve");

        stage.awaitPhase("Watching");
        stage.awaitOnly(users, stage.better());
    }

    @Test
    @Order(4)
    void theAliasMovedBackInTheWatchTakesUsersBackAtOnceAndRejectsNothing() {
        stage.alias(stage.baseline());

        stage.awaitOnly(users, stage.baseline());
        RagRolloutStatus back =
                stage.awaitRollout(Stage.MODEL, "up to date", status -> "UpToDate".equals(status.reason()));
        assertThat(back.rejected()).isEmpty();
        assertThat(back.history().getFirst().reason()).contains("TargetMovedBack");
    }

    @Test
    @Order(5)
    void aPromotionSkipsWhatIsLeftOfTheSteps() {
        stage.alias(stage.better());
        stage.awaitPause("review");

        order("promote");

        stage.awaitPhase("Watching");
        stage.awaitOnly(users, stage.better());
    }

    /** As a person gives it, with the launcher. */
    private void order(String order) {
        stage.command()
                .run(
                        Duration.ofSeconds(30),
                        "./ragops",
                        "rollout",
                        order,
                        Stage.MODEL,
                        "--namespace",
                        stage.cluster().namespace());
    }
}
