package dev.ragops.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.e2e.cluster.Waiting;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Bursts of spec changes that fall into the operator's own status writes: an operator framework that filters its own events
 * carelessly loses the last one, and nothing repairs it until the next change.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostUpdateIT {
    private static final int BURSTS = 200;
    /** A change that was not acted on after this long was lost, not late. */
    private static final Duration LOST = Duration.ofSeconds(6);

    private final Stage stage = new Stage(LostUpdateIT.class);
    private final Random random = new Random(20261124);

    @AfterAll
    void leave() {
        stage.close();
    }

    @Test
    void theLastChangeOfEveryBurstIsRealised() {
        stage.serveBaseline();
        List<String> lost = new ArrayList<>();
        int threshold = 500;
        for (int burst = 0; burst < BURSTS; burst++) {
            int changes = 2 + random.nextInt(5);
            for (int i = 0; i < changes; i++) {
                threshold++;
                change(threshold);
            }
            if (!follows(threshold)) {
                lost.add("burst " + burst + ": threshold " + threshold + "; "
                        + stage.cluster().inWords(Stage.MODEL));
            }
        }
        assertThat(lost).isEmpty();
    }

    /** The route carries the objective's threshold to the gateways, and the status names the generation it speaks of. */
    private boolean follows(int threshold) {
        try {
            Waiting.until(
                    "threshold " + threshold,
                    LOST,
                    () -> inRoute(threshold) && observed(),
                    () -> "still the one before");
            return true;
        } catch (Waiting.NotSeen e) {
            return false;
        }
    }

    private boolean inRoute(int threshold) {
        var route = stage.client()
                .configMaps()
                .inNamespace(stage.cluster().namespace())
                .withName(Stage.MODEL + "-route")
                .get();
        return route != null
                && route.getData()
                        .getOrDefault("route.json", "")
                        .replace(" ", "")
                        .contains("\"thresholdMillis\":" + threshold);
    }

    private boolean observed() {
        RagModel model = stage.cluster().model(Stage.MODEL).orElseThrow();
        return model.getStatus() != null
                && model.getMetadata().getGeneration().equals(model.getStatus().observedGeneration());
    }

    private void change(int threshold) {
        stage.client()
                .resources(RagModel.class)
                .inNamespace(stage.cluster().namespace())
                .withName(Stage.MODEL)
                .patch(PatchContext.of(PatchType.JSON_MERGE), """
                        {"spec": {"objectives": [
                          {"name": "availability", "target": "99%%"},
                          {"name": "latency", "class": "retrieval", "target": "90%%", "threshold": "%dms"}]}}
                        """.formatted(threshold));
    }
}
