package dev.ragops.e2e.scenario;

import dev.ragops.e2e.cluster.Command;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The way back from a newer release: its CRD and objects have fields this operator does not know, and it goes on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnknownFieldIT {
    private static final String FIELD =
            "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/fromTheFuture";

    private static final String CRD = "ragmodels.ragops.dev";
    private static final String MANAGER = "ragops-e2e";

    private final Stage stage = new Stage(UnknownFieldIT.class);

    @AfterAll
    void leave() {
        patch("[{\"op\": \"remove\", \"path\": \"" + FIELD + "\"}]");
        disown();
        stage.close();
    }

    /** As if we had never touched it: otherwise the chart's next upgrade meets a conflict with us. */
    private void disown() {
        stage.client()
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(CRD)
                .edit(crd -> {
                    crd.getMetadata().getManagedFields().removeIf(entry -> MANAGER.equals(entry.getManager()));
                    return crd;
                });
    }

    @Test
    void aFieldFromTheFutureStopsNobody() {
        patch("[{\"op\": \"add\", \"path\": \"" + FIELD + "\", \"value\": {\"type\": \"string\"}}]");
        stage.alias(stage.baseline());
        stage.cluster().mustApply(stage.model(Stage.MODEL, "fromTheFuture: hello"));

        // Its informers list what is stored when it starts.
        stage.operator().kill();

        stage.operator().awaitReady(Duration.ofSeconds(90));
        stage.awaitCondition(Stage.MODEL, "Ready", "True");
    }

    private void patch(String patch) {
        Command.Result result = stage.command()
                .tryRun(
                        "",
                        Duration.ofSeconds(20),
                        "kubectl",
                        "patch",
                        "crd",
                        CRD,
                        "--field-manager=" + MANAGER,
                        "--type=json",
                        "--patch",
                        patch);
        if (result.code() != 0) {
            throw new IllegalStateException(result.output());
        }
    }
}
