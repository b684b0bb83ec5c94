package dev.ragops.operator.outside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers as one meets them behind a wrong address. */
class BoundedHttpTest {
    private static final Duration LIMIT = Duration.ofMillis(500);

    private final CountDownLatch never = new CountDownLatch(1);
    private final BoundedHttp http = new BoundedHttp(LIMIT);
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    @AfterEach
    void stop() {
        never.countDown();
        server.stop(0);
    }

    private BoundedHttp.Answer ask(HttpHandler handler, Map<String, String> credentials) throws IOException {
        server.createContext("/", handler);
        return http.send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/")),
                credentials);
    }

    @Test
    void one_that_sends_headers_and_then_nothing_is_left_in_time() {
        assertThatThrownBy(() -> ask(
                        exchange -> {
                            exchange.sendResponseHeaders(200, 100);
                            exchange.getResponseBody().write('{');
                            exchange.getResponseBody().flush();
                            await(never);
                        },
                        Map.of()))
                .isInstanceOf(HttpTimeoutException.class);
    }

    @Test
    void one_that_says_nothing_is_left_in_time() {
        assertThatThrownBy(() -> ask(exchange -> await(never), Map.of())).isInstanceOf(HttpTimeoutException.class);
    }

    @Test
    void one_that_never_ends_is_not_read_to_the_end() {
        byte[] block = new byte[1 << 20];
        assertThatThrownBy(() -> ask(
                        exchange -> {
                            exchange.sendResponseHeaders(200, 0);
                            OutputStream body = exchange.getResponseBody();
                            for (int i = 0; i < 64; i++) {
                                body.write(block);
                            }
                        },
                        Map.of()))
                .isInstanceOf(IOException.class);
    }

    @Test
    void credentials_that_cannot_be_used_are_named_without_being_shown() {
        assertThatThrownBy(() -> ask(exchange -> {}, Map.of("ca.crt", "no pem")))
                .isInstanceOf(BoundedHttp.BadCredentials.class)
                .hasMessageContaining("ca.crt");
        assertThatThrownBy(() -> http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1/")), Map.of("token", "a\nb-secret")))
                .isInstanceOf(BoundedHttp.BadCredentials.class)
                .hasMessageContaining("token")
                .hasMessageNotContaining("secret");
    }

    @Test
    void a_whole_answer_is_given_back_whatever_its_status() throws IOException {
        BoundedHttp.Answer answer = ask(
                exchange -> {
                    exchange.sendResponseHeaders(418, 3);
                    exchange.getResponseBody().write("tea".getBytes(java.nio.charset.StandardCharsets.UTF_8));
                    exchange.close();
                },
                Map.of());
        assertThat(answer).isEqualTo(new BoundedHttp.Answer(418, "tea"));
    }

    @Test
    void a_kept_connection_is_given_up_when_who_answers_is_not_who_was_asked() throws IOException {
        server.createContext("/", exchange -> {
            byte[] port = Integer.toString(exchange.getRemoteAddress().getPort())
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, port.length);
            exchange.getResponseBody().write(port);
            exchange.close();
        });
        String first = clientPort();
        assertThat(clientPort()).isEqualTo(first);

        http.reconnect();
        String second = clientPort();
        http.reconnect();

        assertThat(second).isNotEqualTo(first);
        assertThat(clientPort()).as("a second time so soon").isEqualTo(second);
    }

    private String clientPort() throws IOException {
        return http.send(
                        HttpRequest.newBuilder(URI.create(
                                "http://127.0.0.1:" + server.getAddress().getPort() + "/")),
                        Map.of())
                .body();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
