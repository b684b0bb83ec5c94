package dev.ragops.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.e2e.cluster.LoadPod;
import dev.ragops.e2e.cluster.Waiting;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The keys between gateway, runtime and operator are changed under load, after somebody deleted them: a kubelet carries each stage over, pods say what they go by, users notice nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeyRotationIT {
    /** Two stages, each of them up to a minute and a half at the kubelet and half a minute at the operator. */
    private static final Duration ROTATED = Duration.ofMinutes(8);

    private final Stage stage = new Stage(KeyRotationIT.class);

    @AfterAll
    void leave() {
        stage.close();
    }

    @Test
    void keysThatWereDeletedComeBackAndAreRotatedAndNobodyNotices() {
        stage.serveBaseline();
        String pods = stage.kubectl(
                "get", "pods", "--selector=ragops.dev/model", "--output", "jsonpath={.items[*].metadata.uid}");
        String token = key("{.data.runtime-token}");
        String evidence = key("{.data.evidence-key}");
        try (LoadPod users = stage.users()) {
            stage.awaitOnly(users, stage.baseline());
            stage.kubectl("delete", "secret", "support-keys");
            stage.kubectl("annotate", "ragmodel", Stage.MODEL, "ragops.dev/rotate-keys=1");

            Waiting.until(
                    "the keys are rotated",
                    ROTATED,
                    () -> key("{.metadata.annotations}").equals("{\"ragops.dev/rotated-keys\":\"1\"}"),
                    () -> key("{.metadata.annotations}") + "; "
                            + stage.cluster().inWords(Stage.MODEL));

            assertThat(key("{.data.runtime-token}")).isNotEqualTo(token);
            assertThat(key("{.data.runtime-token-previous}")).isNotEqualTo(token);
            assertThat(key("{.data.evidence-key}")).isNotEqualTo(evidence);
            stage.awaitCondition(Stage.MODEL, "RouteApplied", "True");
            Stage.assertNobodyNoticed(users);
        }
        assertThat(stage.kubectl(
                        "get", "pods", "--selector=ragops.dev/model", "--output", "jsonpath={.items[*].metadata.uid}"))
                .isEqualTo(pods);
    }

    private String key(String path) {
        return stage.kubectl("get", "secret", "support-keys", "--ignore-not-found", "--output", "jsonpath=" + path);
    }
}
