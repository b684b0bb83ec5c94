package dev.ragops.runtime.answer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ragops.runtime.config.AnswerConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that speaks as vLLM, Ollama and Hugging Face do and does with each request what a test says. */
public final class Endpoint implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What the server does with a request. */
    public interface Behaviour {
        void answer(HttpExchange exchange) throws IOException;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch over = new CountDownLatch(1);

    /** What is done with the next requests; then the usual. */
    public final Queue<Behaviour> behaviours = new ConcurrentLinkedQueue<>();

    public final Queue<String> asked = new ConcurrentLinkedQueue<>();
    public final Queue<Headers> headers = new ConcurrentLinkedQueue<>();
    public volatile Behaviour usual = says("It rains [2].");

    public Endpoint() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/v1/chat/completions", exchange -> {
            headers.add(exchange.getRequestHeaders());
            asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            Behaviour next = behaviours.poll();
            (next == null ? usual : next).answer(exchange);
            exchange.close();
        });
        server.start();
    }

    public AnswerConfig.Generator generator(Optional<String> key, Duration timeout) {
        return new AnswerConfig.Generator(
                "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/", "small", key, timeout);
    }

    public JsonNode request() throws IOException {
        return JSON.readTree(asked.peek());
    }

    /** From now on nobody listens. */
    void leave() {
        server.stop(0);
    }

    @Override
    public void close() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    /** Chunks as vLLM and Ollama send them. */
    public static Behaviour says(String... pieces) {
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

    /** Says so much and is cut off by the limit of its length. */
    public static Behaviour fills(String text) {
        return exchange -> {
            OutputStream out = stream(exchange);
            chunk(out, text);
            event(out, "{\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}");
        };
    }

    /** Says so much and then breaks off. */
    public static Behaviour breaksOff(String text) {
        return exchange -> chunk(stream(exchange), text);
    }

    public static OutputStream stream(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().add("content-type", "text/event-stream; charset=utf-8");
        exchange.sendResponseHeaders(200, 0);
        return exchange.getResponseBody();
    }

    public static void chunk(OutputStream out, String piece) throws IOException {
        event(out, "{\"choices\":[{\"delta\":{\"content\":" + JSON.writeValueAsString(piece) + "}}]}");
    }

    public static void event(OutputStream out, String data) throws IOException {
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

    /** Keeps whoever asks waiting until the test is over. */
    public void silence() {
        await(over);
    }

    public static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
