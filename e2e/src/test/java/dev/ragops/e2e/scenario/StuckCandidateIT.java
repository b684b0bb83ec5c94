package dev.ragops.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.e2e.cluster.Cluster;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** A candidate without ready pods is nobody's verdict on the version: the attempt stops, says what it waited for, and may be tried again. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StuckCandidateIT {
    private final Stage stage = new Stage(StuckCandidateIT.class);
    private String stable = "";
    private String stuck = "";

    @BeforeAll
    void aBaselineServes() {
        stage.serveBaseline();
        stable = stage.stable(Stage.MODEL).orElseThrow();
        stage.cluster().mustApply(rollout("8s"));
    }

    @AfterAll
    void leave() {
        stage.close();
    }

    @Test
    @Order(1)
    void itStopsAtTheDeadlineAndRejectsNothing() {
        stage.change("{\"runtime\": {\"podTemplate\": {\"nodeSelector\": {\"no-such\": \"node\"}}}}");

        RagRolloutStatus stopped = stage.awaitPhase("Stopped");
        assertThat(stopped.reason()).isEqualTo("ProgressDeadlineExceeded");
        assertThat(stopped.message()).contains("no ready pod in", "not scheduled");
        assertThat(stopped.rejected()).isEmpty();
        assertThat(Cluster.condition(stopped.conditions(), "Stalled")
                        .orElseThrow()
                        .getStatus())
                .isEqualTo("True");
        assertThat(stage.stable(Stage.MODEL)).contains(stable);
        stuck = Objects.requireNonNull(stopped.history().getFirst().revision());
    }

    @Test
    @Order(2)
    void aRetryTriesItAgain() {
        stage.intend("{\"retry\": {\"revision\": \"%s\"}}".formatted(stuck));

        stage.awaitRollout(
                Stage.MODEL,
                "a second attempt",
                status -> Integer.valueOf(2).equals(status.attempt()) && "Starting".equals(status.phase()));
    }

    @Test
    @Order(3)
    void whatWasWrongCorrectedGoesOn() {
        // Counts for the next attempt: this one is about what was corrected, not about a slow machine.
        stage.cluster().mustApply(rollout("10m"));
        stage.change("{\"runtime\": {\"podTemplate\": {\"nodeSelector\": null, \"labels\": {\"team\": \"search\"}}}}");

        assertThat(stage.awaitPause("review").revision()).isNotIn(stable, stuck);
    }

    private String rollout(String progressDeadline) {
        return stage.rollout(
                Stage.MODEL,
                Stage.MODEL,
                "steps: [{name: review, pause: {}}]",
                "progressDeadline: " + progressDeadline);
    }
}
