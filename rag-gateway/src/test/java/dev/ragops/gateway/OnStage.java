package dev.ragops.gateway;

import dev.ragops.gateway.route.Documents;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Sets up a gateway before one stable and one candidate pod, over real sockets. */
abstract class OnStage {
    static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    Stage stage;

    @SuppressWarnings("NullAway.Init")
    FakeRuntime stable;

    @SuppressWarnings("NullAway.Init")
    FakeRuntime candidate;

    @BeforeEach
    void begin() throws Exception {
        begin(new Stage(folder));
    }

    /** Takes over a stage of another kind. */
    void begin(Stage wanted) throws Exception {
        stage = wanted;
        stable = stage.runtime(FakeRuntime.answer(200, "a", "b"));
        candidate = stage.runtime(FakeRuntime.answer(200, "a", "c"));
        stage.endpoints(Map.of(Stage.STABLE, List.of(stable.address()), Stage.CANDIDATE, List.of(candidate.address())));
    }

    @AfterEach
    void end() throws Exception {
        stage.close();
    }

    void start(String kind, int percent) throws Exception {
        start(Documents.document(7, kind, percent));
    }

    void start(JsonObject document) throws Exception {
        stage.route(document);
        stage.startAndAwaitReady();
    }

    static String track(HttpResponse<String> answer) {
        return answer.headers().firstValue("x-ragops-track").orElse("");
    }
}
