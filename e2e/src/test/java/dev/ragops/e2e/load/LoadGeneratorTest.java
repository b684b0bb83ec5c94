package dev.ragops.e2e.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LoadGeneratorTest {

    @Nested
    class ARunAgainstAServer {
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final AtomicInteger seen = new AtomicInteger();
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final HttpServer server = server();

        @AfterEach
        void stop() {
            server.stop(0);
            threads.shutdownNow();
        }

        @Test
        void countsEveryAnswerByWhoGaveIt() throws Exception {
            answer(exchange -> {
                int number = seen.incrementAndGet();
                exchange.getResponseHeaders().add("x-ragops-version", number % 4 == 0 ? "2" : "1");
                exchange.getResponseHeaders().add("x-ragops-track", number % 4 == 0 ? "candidate" : "stable");
                if (number % 8 == 0) {
                    exchange.getResponseHeaders().add("x-ragops-fallback", "1");
                }
                reply(exchange, 200, "{}");
            });

            LoadReport report = run(200, Duration.ofMillis(400), Duration.ofSeconds(5));

            assertThat(report.sent()).isEqualTo(80);
            assertThat(report.done()).isEqualTo(80);
            assertThat(report.failed()).as("%s", report.lastFailures()).isZero();
            assertThat(report.versions()).isEqualTo(Map.of("1", 60L, "2", 20L));
            assertThat(report.tracks()).isEqualTo(Map.of("stable", 60L, "candidate", 20L));
            assertThat(report.fallbacks()).isEqualTo(10);
            assertThat(report.latency().p50())
                    .isPositive()
                    .isLessThanOrEqualTo(report.latency().max());
        }

        @Test
        void aStatusABrokenConnectionAndATimeOutAreFailures() throws Exception {
            answer(exchange -> {
                switch (seen.incrementAndGet() % 4) {
                    case 0 -> reply(exchange, 503, "{\"title\":\"no pod\"}");
                    case 1 -> exchange.close();
                    case 2 -> {} // never answers
                    default -> reply(exchange, 200, "{}");
                }
            });

            LoadReport report = run(100, Duration.ofMillis(400), Duration.ofMillis(700));

            assertThat(report.done()).isEqualTo(40);
            assertThat(report.failed()).isEqualTo(30);
            assertThat(report.lastFailures()).hasSize(5);
            assertThat(String.join(" ", report.lastFailures())).containsAnyOf("503", "no pod", "Timeout", "EOF");
        }

        @Test
        void aStallIsSeenByEveryRequestThatWasDueInIt() throws Exception {
            CountDownLatch fiftieth = new CountDownLatch(50);
            answer(exchange -> {
                fiftieth.countDown();
                await(fiftieth);
                reply(exchange, 200, "{}");
            });

            LoadReport report = run(100, Duration.ofSeconds(1), Duration.ofSeconds(5));

            // The first fifty wait for the fiftieth: half of the run was slow, and an open loop must say so.
            assertThat(report.sent()).isEqualTo(100);
            assertThat(report.latency().max()).isGreaterThan(300);
            assertThat(report.latency().p95()).isGreaterThan(200);
        }

        @Test
        void printsOneLineASecondAndALastOne() throws Exception {
            answer(exchange -> reply(exchange, 200, "{}"));

            run(50, Duration.ofMillis(1200), Duration.ofSeconds(5));

            List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
            assertThat(lines).hasSizeGreaterThanOrEqualTo(2);
            LoadReport last = new ObjectMapper().readValue(lines.getLast(), LoadReport.class);
            assertThat(last.last()).isTrue();
            assertThat(last.sent()).isEqualTo(60);
            assertThat(last.rate()).isBetween(30.0, 60.0);
            assertThat(new ObjectMapper()
                            .readValue(lines.getFirst(), LoadReport.class)
                            .last())
                    .isFalse();
        }

        private LoadReport run(int rate, Duration duration, Duration timeout) throws InterruptedException {
            URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/query");
            LoadPlan plan = new LoadPlan(url, rate, duration, 100, timeout, Path.of("unused"), 5);
            return Main.run(
                    plan,
                    List.of("how do I roll back?", "what is a \"bundle\"?"),
                    new OpenLoop(rate),
                    new PrintStream(out, true, StandardCharsets.UTF_8));
        }

        private void await(CountDownLatch latch) throws IOException {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new IOException("the server stops", e);
            }
        }

        private void answer(Answer answer) {
            server.createContext("/query", exchange -> {
                exchange.getRequestBody().readAllBytes();
                answer.to(exchange);
            });
            server.start();
        }

        private HttpServer server() {
            try {
                HttpServer made = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
                made.setExecutor(threads);
                return made;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Nested
    class ACommandLine {
        @Test
        void hasDefaultsForWhatIsNotSaid() {
            LoadPlan plan = LoadPlan.parse(List.of("--url", "http://support/query", "--questions", "/q"));

            assertThat(plan.ratePerSecond()).isEqualTo(50);
            assertThat(plan.duration()).isZero();
            assertThat(plan.timeout()).isEqualTo(Duration.ofSeconds(10));
        }

        @Test
        void isRefusedWithAWordOnWhatIsWrong() {
            assertThatThrownBy(() -> LoadPlan.parse(List.of("--questions", "/q")))
                    .hasMessage("--url is required");
            assertThatThrownBy(() -> LoadPlan.parse(List.of("--url"))).hasMessage("--url needs a value");
            assertThatThrownBy(() -> LoadPlan.parse(List.of("--speed", "9")))
                    .hasMessageContaining("unknown option --speed");
            assertThatThrownBy(
                            () -> LoadPlan.parse(List.of("--url", "http://x", "--questions", "/q", "--rate", "fast")))
                    .hasMessageContaining("--rate must be a whole number, not 'fast'");
            assertThatThrownBy(() -> LoadPlan.parse(List.of("--url", "http://x", "--questions", "/q", "--rate", "0")))
                    .hasMessageContaining("--rate must be between");
            assertThatThrownBy(() -> LoadPlan.parse(List.of("--url", "http://x", "--questions", "/q", "--users", "0")))
                    .hasMessageContaining("--users must be at least 1");
        }
    }

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
