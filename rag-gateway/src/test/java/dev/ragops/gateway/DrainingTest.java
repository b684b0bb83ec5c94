package dev.ragops.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class DrainingTest extends OnStage {
    @Test
    void servesOnAsksClientsToLeaveAndWaitsForTheLast() throws Exception {
        start("none", 0);
        CompletableFuture<Void> mayAnswer = new CompletableFuture<>();
        stable.does(
                request -> mayAnswer.thenRun(() -> FakeRuntime.answer(200, "a").handle(request)));
        CompletableFuture<HttpResponse<String>> slow =
                stage.http.sendAsync(stage.request("POST", "/ingest", "{}"), HttpResponse.BodyHandlers.ofString());
        await().atMost(SOON).until(() -> !stable.seen().isEmpty());

        var drained = stage.gateway.drain();
        await().atMost(SOON).until(() -> stage.admin("/health/ready", false).statusCode() == 503);
        assertThat(drained.isComplete()).isFalse();
        mayAnswer.complete(null);

        assertThat(slow.get().statusCode()).isEqualTo(200);
        HttpResponse<String> late = stage.ask();
        assertThat(late.statusCode()).isEqualTo(200);
        assertThat(late.headers().firstValue("connection")).contains("close");
        await().atMost(SOON).until(drained::isComplete);
        assertThat(drained.succeeded()).isTrue();
    }
}
