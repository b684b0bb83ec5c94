package dev.ragops.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.e2e.cluster.LoadPod;
import dev.ragops.e2e.load.LoadReport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** A version that should never have been registered meets users at no time. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BadVersionIT {
    private final Stage stage = new Stage(BadVersionIT.class);
    private String stable = "";

    @BeforeAll
    void aBaselineServes() {
        stage.serveBaseline("gates: [{metric: ndcg_at_10, min: \"0.01\"}]");
        stage.cluster()
                .mustApply(
                        stage.rollout(
                                Stage.MODEL,
                                Stage.MODEL,
                                "steps: [{name: mirror, shadow: {percent: 100}, duration: 3s}, {name: half, canary: {weight: 50}, duration: 3s}]"));
        stable = stage.stable(Stage.MODEL).orElseThrow();
    }

    @AfterAll
    void leave() {
        stage.close();
    }

    @Test
    @Order(1)
    void aBundleThatIsNotWhatItsDigestSaysIsRejected() {
        String forged = stage.registry().copyVersion(Stage.REGISTERED, stage.better());
        stage.registry().tag(Stage.REGISTERED, forged, "ragops.digest", "0".repeat(64));

        LoadPod users = stage.users();
        stage.alias(forged);

        stage.awaitRollout(
                Stage.MODEL,
                "the forged version rejected",
                status -> status.rejected().stream().anyMatch(rejected -> forged.equals(rejected.version())));
        LoadReport report = users.finish();
        assertThat(report.failed()).as("%s", report.lastFailures()).isZero();
        assertThat(report.versions()).containsOnlyKeys(stage.baseline());
        assertThat(stage.stable(Stage.MODEL)).contains(stable);
    }

    @Test
    @Order(2)
    void aVersionWithoutADigestNeverGetsAPod() {
        String bare = stage.registry().copyVersion(Stage.REGISTERED, stage.better());
        stage.registry().removeTag(Stage.REGISTERED, bare, "ragops.digest");

        stage.alias(bare);

        stage.awaitCondition(Stage.MODEL, "Resolved", "False", "ragops.digest");
        assertThat(stage.stable(Stage.MODEL)).contains(stable);
    }

    @Test
    @Order(3)
    void aVersionThatFailsAGateNeverGetsAPod() {
        stage.alias(stage.baseline());
        stage.cluster()
                .mustApply(stage.model(
                        Stage.MODEL,
                        "gates: [{metric: ndcg_at_10, min: \"0.01\"}, {metric: never_measured, min: \"0\"}]"));
        stage.alias(stage.better());

        stage.awaitCondition(Stage.MODEL, "GatesPassed", "False", "never_measured");
        assertThat(stage.stable(Stage.MODEL)).contains(stable);
    }
}
