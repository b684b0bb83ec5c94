package dev.ragops.runtime.http.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.MissingNode;
import dev.ragops.runtime.http.access.Grant;
import dev.ragops.runtime.trace.Trace;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventsTest {
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void a_stream_in_which_nothing_is_said_shows_that_it_lives_until_its_listener_goes() throws Exception {
        CompletableFuture<Events> begun = new CompletableFuture<>();
        Router router = Router.router(vertx);
        router.route().handler(context -> {
            Call call = new Call(context, MissingNode.getInstance(), Map.of(), Grant.ALL, false, Trace.none(), 0);
            Events events = new Events(vertx, call, "generated", Duration.ofMillis(10));
            events.send("sources", "[]");
            begun.complete(events);
        });
        int port = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();

        URLConnection connection =
                URI.create("http://127.0.0.1:" + port).toURL().openConnection();
        connection.setReadTimeout(30_000);
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(in.readLine()).isEqualTo("event: sources");
            assertThat(in.readLine()).isEqualTo("data: []");
            for (int i = 0; i < 3; i++) {
                assertThat(in.readLine()).isEmpty();
                assertThat(in.readLine()).isEqualTo(":");
            }
        }

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThatThrownBy(() -> begun.join().send("", "{}"))
                        .isInstanceOf(CancellationException.class));
    }
}
