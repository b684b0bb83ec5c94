package dev.ragops.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LeavingUserTest extends OnStage {
    @Test
    void inTimeSaysNothingOfTheTrack() throws Exception {
        assertThat(leaveAfter(50).getLong("excluded")).isEqualTo(1);
        assertThat(stage.track(7, "candidate", "retrieval").getLong("total")).isZero();
    }

    @Test
    void afterThePromisedTimeCountsAsTooSlow() throws Exception {
        JsonObject count = leaveAfter(500);
        assertThat(count.getLong("total")).isEqualTo(1);
        assertThat(count.getLong("errors")).isZero();
        assertThat(count.getJsonObject("slow").getLong("latency")).isEqualTo(1);
    }

    @Test
    void endsTheAttemptAtThePod() throws Exception {
        candidate.does(_ -> {});
        start("split", 100);
        leave(50);

        await().atMost(SOON).until(() -> candidate.brokenOff() == 1);
        assertThat(stage.track(7, "candidate", "retrieval").getLong("errors")).isZero();
        assertThat(stable.seen()).isEmpty();
    }

    @Test
    void endsAStreamAtThePodAndIsJudgedByItsFirstByte() throws Exception {
        candidate.does(request -> {
            var _ = request.response()
                    .putHeader("content-type", "text/event-stream")
                    .putHeader("x-ragops-answer-class", "generated")
                    .setChunked(true)
                    .write("event: sources\ndata: {}\n\n");
        });
        start("split", 100);
        leave(50);

        await().atMost(SOON).until(() -> candidate.brokenOff() == 1);
        await().atMost(SOON)
                .until(() -> stage.track(7, "candidate", "generated").getLong("excluded") == 1);
    }

    @Test
    void isJudgedByThePromiseOfTheAnswersThisQuestionGets() throws Exception {
        start("split", 100);
        candidate.does(request -> {
            var _ = request.response()
                    .putHeader("x-ragops-answer-class", "generated")
                    .end("{}");
        });
        stage.ask("x-user", "ada");
        candidate.does(_ -> {});

        leave(500);

        // Generated answers are promised nothing, so half a second says nothing.
        await().atMost(SOON)
                .until(() -> stage.track(7, "candidate", "generated").getLong("excluded") == 1);
        assertThat(stage.track(7, "candidate", "retrieval").getLong("total")).isZero();
    }

    private JsonObject leaveAfter(long millis) throws Exception {
        candidate.does(_ -> {});
        start("split", 100);
        leave(millis);
        await().atMost(SOON).until(() -> {
            JsonObject count = stage.track(7, "candidate", "retrieval");
            return count.getLong("total") + count.getLong("excluded") == 1;
        });
        return stage.track(7, "candidate", "retrieval");
    }

    private void leave(long millis) throws Exception {
        int before = candidate.seen().size();
        try (Socket socket = new Socket("127.0.0.1", stage.gateway.userPort())) {
            OutputStream out = socket.getOutputStream();
            out.write("POST /query HTTP/1.1\r\nhost: x\r\nx-user: ada\r\ncontent-length: 2\r\n\r\n{}"
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            await().atMost(SOON).until(() -> candidate.seen().size() > before);
            CompletableFuture<Void> waited = new CompletableFuture<>();
            stage.vertx.setTimer(millis, _ -> waited.complete(null));
            waited.get();
        }
    }
}
