package dev.ragops.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.e2e.cluster.LoadPod;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** The alias, the rollout and the model change while a rollout is on its way: the newest wish counts, nothing is rejected for it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MovingTargetIT {
    private static final int FLAPS = 15;

    private final Stage stage = new Stage(MovingTargetIT.class);
    private LoadPod users;
    private final String newest = stage.registry().copyVersion(Stage.REGISTERED, stage.better());
    private String better = "";

    MovingTargetIT() {
        stage.serveBaseline();
        users = stage.users();
    }

    @BeforeAll
    void aRolloutWaitsInItsPause() {
        stage.cluster().mustApply(rollout("{name: review, pause: {}}"));
        stage.alias(stage.better());
        better = stage.awaitPause("review").revision();
    }

    @AfterAll
    void leave() {
        Stage.assertNobodyNoticed(users);
        stage.close();
    }

    @Test
    @Order(1)
    void editedStepsApplyToTheNextAttempt() {
        stage.cluster().mustApply(rollout("{name: reviewed-by-two, pause: {}}"));

        Stage.Trial trial = stage.awaitTrial("the edit seen", seen -> stage.isSeen(seen.status()));
        assertThat(trial.step()).isEqualTo("review");
        assertThat(Objects.requireNonNull(trial.status().plan()).steps())
                .extracting(step -> step.name())
                .containsExactly("ten", "review");
    }

    @Test
    @Order(2)
    void theAliasMovedAgainBeginsAgainWithTheNewest() {
        stage.alias(newest);

        RagRolloutStatus status = stage.awaitTrial("the newest on trial", trial -> newest.equals(trial.version()))
                .status();
        assertThat(status.rejected()).isEmpty();
        assertThat(status.attempt()).isEqualTo(2);
        assertThat(status.history().getFirst()).satisfies(entry -> {
            assertThat(entry.revision()).isEqualTo(better);
            assertThat(entry.outcome()).isEqualTo("Superseded");
            assertThat(entry.reason()).contains("TargetMovedOn");
        });
    }

    @Test
    @Order(3)
    void aFlappingAliasEndsWhereItStops() {
        for (int flap = 0; flap < FLAPS; flap++) {
            stage.alias(
                    switch (flap % 3) {
                        case 0 -> stage.baseline();
                        case 1 -> newest;
                        default -> stage.better();
                    });
        }

        Stage.Trial trial = stage.awaitPause("reviewed-by-two");
        assertThat(trial.revision()).isEqualTo(better);
        assertThat(trial.status().rejected()).isEmpty();
    }

    @Test
    @Order(4)
    void objectivesChangedMidWayGoOnWithTheSameCandidate() {
        long generation = stage.appliedGeneration();

        stage.change(
                "{\"objectives\": [{\"name\": \"latency\", \"class\": \"retrieval\", \"target\": \"90%\", \"threshold\": \"700ms\"}]}");

        stage.awaitModel(Stage.MODEL, "a new generation of the route", _ -> stage.appliedGeneration() > generation);
        assertThat(stage.awaitPause("reviewed-by-two").revision()).isEqualTo(better);
    }

    @Test
    @Order(5)
    void aChangeOfWhatAnAnswerIsMakesAnotherCandidateOfTheSameVersion() {
        stage.change("{\"config\": {\"retrieval\": {\"topK\": 3}}}");

        Stage.Trial trial = stage.awaitTrial(
                "another revision of the same version on trial",
                seen -> stage.better().equals(seen.version()) && !better.equals(seen.revision()));
        assertThat(trial.status().rejected()).isEmpty();
    }

    private String rollout(String lastStep) {
        return stage.rollout(
                Stage.MODEL,
                Stage.MODEL,
                "steps: [{name: ten, canary: {weight: 10}, duration: 1s}, %s]".formatted(lastStep));
    }
}
