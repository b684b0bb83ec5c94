package dev.ragops.runtime.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ragops.runtime.config.AnswerConfig;
import dev.ragops.runtime.search.SearchHit;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server that speaks as vLLM, Ollama and Hugging Face do and does with each request what a test says, and what asks it. */
abstract class EndpointFixture {
    static final ObjectMapper JSON = new ObjectMapper();
    static final List<SearchHit> HITS = Hits.of(
            "A rollback is a change of route. It takes two seconds. See https://known.example/page for more.",
            "It rains in the north.");

    @TempDir
    Path directory;

    /** What the server does with a request. */
    interface Behaviour {
        void answer(HttpExchange exchange) throws IOException;
    }

    HttpServer server;
    final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    final CountDownLatch over = new CountDownLatch(1);
    final ConcurrentLinkedQueue<Behaviour> behaviours = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
    final AtomicReference<String> authorization = new AtomicReference<>("");
    final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    volatile Behaviour usual = says("It rains [2].");

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/chat/completions", exchange -> {
            asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            authorization.set(String.valueOf(exchange.getRequestHeaders().getFirst("authorization")));
            Behaviour next = behaviours.poll();
            (next == null ? usual : next).answer(exchange);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
        threads.close();
    }

    Answerer answerer() {
        return answerer(new AnswerConfig(
                AnswerConfig.Kind.GENERATED, 2, Optional.empty(), 3000, 64, Optional.of(endpoint(Optional.empty()))));
    }

    AnswerConfig.Generator endpoint(Optional<String> key) {
        return new AnswerConfig.Generator(
                "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/", "small", key, Duration.ofSeconds(2));
    }

    Answerer answerer(AnswerConfig config) {
        Clock clock = ((InstantSource) now::get).withZone(ZoneOffset.UTC);
        return new Answerer(config, text -> text.split("\\s+").length, clock, (outcome, took) -> outcomes.add(outcome));
    }

    /** Chunks as vLLM and Ollama send them. */
    static Behaviour says(String... pieces) {
        return exchange -> {
            OutputStream out = stream(exchange);
            out.write(": ping\n\n".getBytes(StandardCharsets.UTF_8));
            event(out, "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}");
            for (String piece : pieces) {
                chunk(out, piece);
            }
            event(out, "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}");
            event(out, "{\"choices\":[],\"usage\":{\"total_tokens\":7}}");
            event(out, "[DONE]");
        };
    }

    static OutputStream stream(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().add("content-type", "text/event-stream; charset=utf-8");
        exchange.sendResponseHeaders(200, 0);
        return exchange.getResponseBody();
    }

    static void chunk(OutputStream out, String piece) throws IOException {
        event(out, "{\"choices\":[{\"delta\":{\"content\":" + JSON.writeValueAsString(piece) + "}}]}");
    }

    static void event(OutputStream out, String data) throws IOException {
        out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    static Behaviour status(int status, String... header) {
        return exchange -> {
            for (int i = 0; i < header.length; i += 2) {
                exchange.getResponseHeaders().add(header[i], header[i + 1]);
            }
            exchange.sendResponseHeaders(status, -1);
        };
    }

    static Behaviour document(String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("content-type", "application/json");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    void silence() {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    Question question(String text) {
        return Hits.question(text, HITS);
    }

    JsonNode request() throws IOException {
        return JSON.readTree(asked.peek());
    }

    static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
