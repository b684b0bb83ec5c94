package dev.ragops.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class StreamTest extends OnStage {
    @Test
    void passesAndIsCountedOnce() throws Exception {
        candidate.does(FakeRuntime.stream(false));
        start("split", 100);

        assertThat(stage.ask("x-user", "ada").body()).isEqualTo("data: one\n\ndata: two\n\n");

        JsonObject generated = stage.track(7, "candidate", "generated");
        assertThat(generated.getLong("total")).isEqualTo(1);
        assertThat(generated.getLong("errors")).isZero();
    }

    @Test
    void thatBreaksOffIsOneBadEvent() throws Exception {
        candidate.does(FakeRuntime.stream(true));
        start("split", 100);

        CompletableFuture<HttpResponse<String>> answer = stage.http.sendAsync(
                stage.request("POST", "/query", "{}", "x-user", "ada"), HttpResponse.BodyHandlers.ofString());

        assertThat(answer).failsWithin(SOON);
        JsonObject generated = stage.track(7, "candidate", "generated");
        assertThat(generated.getLong("total")).isEqualTo(1);
        assertThat(generated.getLong("errors")).isEqualTo(1);
        assertThat(stage.evidence(7).getJsonObject("users").getLong("errors")).isEqualTo(1);
    }
}
