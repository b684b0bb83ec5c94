package dev.ragops.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ragops.gateway.route.Documents;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class BodyTest extends OnStage {
    @Test
    void tooLongToKeepGoesToStableAsItComes() throws Exception {
        start("split", 100);
        HttpResponse<String> answer = stage.send(stage.request("POST", "/query", "x".repeat(2 << 20), "x-user", "ada"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(track(answer)).isEqualTo("stable");
        assertThat(stable.seen().getFirst().bodyBytes()).isEqualTo(2 << 20);
    }

    @Test
    void tooLongAndOfUnknownLengthIsRefused() throws Exception {
        start("none", 0);
        byte[] bytes = new byte[2 << 20];
        HttpResponse<String> answer = stage.send(java.net.http.HttpRequest.newBuilder(
                        java.net.URI.create("http://127.0.0.1:" + stage.gateway.userPort() + "/query"))
                .POST(java.net.http.HttpRequest.BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(bytes)))
                .build());

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(stable.seen()).isEmpty();
    }

    @Test
    void thatIsGarbageFromAPodIsPassedOnAndHurtsNothing() throws Exception {
        candidate.does(request -> {
            var _ = request.response().end("\u0000not json");
        });
        start("shadow", 100);
        assertThat(stage.ask().statusCode()).isEqualTo(200);
        await().atMost(SOON)
                .until(() -> stage.track(7, "candidate", "retrieval").getLong("total") == 1);
        assertThat(stage.evidence(7).getJsonObject("comparison").getLong("pairs"))
                .isZero();
    }

    @Test
    void withoutEndIsAnError() throws Exception {
        stable.does(_ -> {});
        start(Documents.document(7, "none", 0).put("requestTimeoutMillis", 300));
        HttpResponse<String> answer = stage.ask();
        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
    }

    @Test
    void ofAnAnswerTooLongToKeepPassesAsItComes() throws Exception {
        byte[] bytes = new byte[6 << 20];
        candidate.does(request -> {
            var _ = request.response().setChunked(true).end(io.vertx.core.buffer.Buffer.buffer(bytes));
        });
        start("split", 100);

        HttpResponse<String> answer = stage.ask("x-user", "ada");

        assertThat(track(answer)).isEqualTo("candidate");
        assertThat(answer.body()).hasSize(6 << 20);
        assertThat(stage.track(7, "candidate", "retrieval").getLong("total")).isEqualTo(1);
    }
}
