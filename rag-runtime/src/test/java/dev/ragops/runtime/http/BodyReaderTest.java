package dev.ragops.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ragops.runtime.http.contract.Problem;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With room for one body of 200,000 bytes. */
class BodyReaderTest {
    private static final int ROOM = 200_000;
    private static final int LIMIT = 216_000;

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = HttpClient.newHttpClient();
    private final int port = vertx.createHttpServer()
            .requestHandler(router())
            .listen(0)
            .toCompletionStage()
            .toCompletableFuture()
            .join()
            .actualPort();

    private Router router() {
        Router router = Router.router(vertx);
        BodyReader reader = new BodyReader(ROOM);
        router.route()
                .handler(context ->
                        reader.read(context, LIMIT, body -> context.response().end(Integer.toString(body.length()))));
        router.route().failureHandler(context -> {
            int status = context.failure() instanceof Problem problem ? problem.status() : context.statusCode();
            context.response().setStatusCode(status).end();
        });
        return router;
    }

    @AfterEach
    void close() {
        client.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private HttpResponse<String> post(int bytes) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[bytes]))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private Socket begin(String head, int bytes) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.getOutputStream()
                .write(("POST / HTTP/1.1\r\nhost: x\r\n" + head + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(new byte[bytes]);
        socket.getOutputStream().flush();
        return socket;
    }

    @Test
    void a_body_is_given_whole_and_its_room_back() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(post(190_000).body()).isEqualTo("190000");
        }
        assertThat(post(0).body()).isEqualTo("0");
    }

    @Test
    void beside_a_large_one_another_large_one_must_wait_and_a_small_one_need_not() throws Exception {
        try (Socket slow = begin("content-length: 180000", 179_999)) {
            await().untilAsserted(() -> assertThat(post(100_000).statusCode()).isEqualTo(503));
            assertThat(post(BodyReader.FREE).body()).isEqualTo("16384");

            slow.getOutputStream().write(0);
            slow.getOutputStream().flush();
            assertThat(new String(slow.getInputStream().readNBytes(15), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200 OK");
            assertThat(post(100_000).body()).isEqualTo("100000");
        }
    }

    @Test
    void who_goes_away_in_the_middle_gives_its_room_back() throws Exception {
        try (Socket ignored = begin("content-length: 180000", 170_000)) {
            await().untilAsserted(() -> assertThat(post(100_000).statusCode()).isEqualTo(503));
        }
        await().untilAsserted(() -> assertThat(post(100_000).body()).isEqualTo("100000"));
    }

    @Test
    void more_than_the_limit_is_refused_whether_it_was_announced_or_not() throws Exception {
        assertThat(post(LIMIT).body()).isEqualTo(Integer.toString(LIMIT));
        assertThat(post(LIMIT + 1).statusCode()).isEqualTo(413);
        String oneChunk = "transfer-encoding: chunked\r\n\r\n" + Integer.toHexString(LIMIT + 3);
        // The chunk begins with the line end that ends the head.
        try (Socket chunked = begin(oneChunk, LIMIT + 1)) {
            assertThat(new String(chunked.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 413");
        }
        assertThat(post(100_000).body()).isEqualTo("100000");
    }
}
