package dev.ragops.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.api.v1alpha1.RagRolloutStatus;
import dev.ragops.e2e.cluster.LoadPod;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A version that shows what it is only once all users have it is taken back all the same. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WatchIT {
    private final Stage stage = new Stage(WatchIT.class);

    @AfterAll
    void leave() {
        stage.close();
    }

    @Test
    void aBreachAfterThePromotionTakesUsersBack() {
        // Few candidates and few users: the overloaded version answers all of them, each too late for this threshold.
        stage.serveBaseline("config: {retrieval: {candidates: 8}}");
        stage.change(
                "{\"objectives\": [{\"name\": \"latency\", \"class\": \"retrieval\", \"target\": \"90%\", \"threshold\": \"50ms\"}]}");
        LoadPod users = stage.users(3);
        stage.cluster()
                .mustApply(stage.rollout(
                        Stage.MODEL,
                        Stage.MODEL,
                        "steps: [{name: review, pause: {}}]",
                        "watch: {duration: 10m, controlPercent: 50}"));
        stage.alias(stage.overloaded());
        Stage.Trial waiting = stage.awaitPause("review");
        String revision = waiting.revision();

        stage.intend("{\"promote\": {\"revision\": \"%s\", \"attempt\": %d}}".formatted(revision, waiting.attempt()));

        RagRolloutStatus back = stage.awaitPhase("RolledBack");
        assertThat(back.reason()).isEqualTo("ObjectiveBreached");
        assertThat(back.message()).contains("after the promotion");
        assertThat(back.rejected()).anyMatch(rejected -> revision.equals(rejected.revision()));
        stage.awaitOnly(users, stage.baseline());
        assertThat(users.latest().orElseThrow().versions()).containsKey(stage.overloaded());
        Stage.assertNobodyNoticed(users);
    }
}
