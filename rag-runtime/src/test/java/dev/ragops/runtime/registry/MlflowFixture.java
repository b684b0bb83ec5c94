package dev.ragops.runtime.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ragops.runtime.bundle.Bundle;
import dev.ragops.runtime.bundle.BundleBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server that answers as MLflow does, and misbehaves on demand as no real one would. */
abstract class MlflowFixture {
    static final ModelVersion VERSION = new ModelVersion("support-rag", "3");

    @TempDir
    Path directory;

    HttpServer server;
    MlflowClient client;
    final Map<String, byte[]> artifacts = new ConcurrentHashMap<>();
    final Map<String, String> answers = new ConcurrentHashMap<>();
    final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<String> bodies = new ConcurrentLinkedQueue<>();
    final AtomicInteger brokenDownloads = new AtomicInteger();
    final AtomicInteger failures = new AtomicInteger();
    volatile int status = 200;
    Bundle bundle;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
        client = new MlflowClient(url() + "/", Credentials.NONE, Duration.ofSeconds(3));
        Path source = Files.createDirectories(directory.resolve("source"));
        Files.writeString(source.resolve("rag.yaml"), "apiVersion: ragops.dev/bundle-v1\nname: test\n");
        Files.writeString(
                source.resolve("documents.jsonl"), "{\"id\":\"a\",\"text\":\"" + "long ".repeat(40_000) + "\"}\n");
        bundle = BundleBuilder.seal(source);
        for (String file : List.of("rag.yaml", "documents.jsonl", "manifest.json")) {
            artifacts.put("1/run/artifacts/bundle/" + file, Files.readAllBytes(source.resolve(file)));
        }
        answers.put(
                "model-versions/get-download-uri", "{\"artifact_uri\":\"mlflow-artifacts:/1/run/artifacts/bundle\"}");
        answers.put(
                "model-versions/get",
                "{\"model_version\":{\"version\":\"3\",\"tags\":[{\"key\":\"ragops.digest\",\"value\":\""
                        + bundle.digest() + "\"}]}}");
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        byte[] body = exchange.getRequestBody().readAllBytes();
        bodies.add(new String(body, StandardCharsets.UTF_8));
        if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            reply(exchange, 500, "{\"message\":\"for now\"}".getBytes(StandardCharsets.UTF_8));
            return;
        }
        if (status != 200) {
            reply(exchange, status, answers.getOrDefault("error", "nope").getBytes(StandardCharsets.UTF_8));
            return;
        }
        String prefix = "/api/2.0/mlflow-artifacts/artifacts/";
        if (path.startsWith(prefix)) {
            artifact(exchange, path.substring(prefix.length()), body);
            return;
        }
        String call = path.substring("/api/2.0/mlflow/".length());
        if (!answers.containsKey(call)) {
            reply(
                    exchange,
                    404,
                    "{\"error_code\":\"RESOURCE_DOES_NOT_EXIST\",\"message\":\"there is none\"}"
                            .getBytes(StandardCharsets.UTF_8));
            return;
        }
        reply(exchange, 200, answers.get(call).getBytes(StandardCharsets.UTF_8));
    }

    void artifact(HttpExchange exchange, String path, byte[] body) throws IOException {
        if (exchange.getRequestMethod().equals("PUT")) {
            artifacts.put(path, body);
            reply(exchange, 200, new byte[0]);
            return;
        }
        byte[] content = artifacts.get(path);
        if (content == null) {
            reply(exchange, 404, "{\"message\":\"no such artifact\"}".getBytes(StandardCharsets.UTF_8));
            return;
        }
        String range = exchange.getRequestHeaders().getFirst("range");
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
        byte[] rest = Arrays.copyOfRange(content, from, content.length);
        if (path.endsWith("documents.jsonl") && brokenDownloads.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            // Promises everything, sends half, hangs up.
            exchange.sendResponseHeaders(from == 0 ? 200 : 206, rest.length);
            exchange.getResponseBody().write(rest, 0, rest.length / 2);
            exchange.getResponseBody().flush();
            throw new IOException("broken on purpose");
        }
        reply(exchange, from == 0 ? 200 : 206, rest);
    }

    static void reply(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    Bundle fetch() {
        return new BundleFetcher(client)
                .fetch(VERSION, Optional.empty(), directory.resolve("target"), Optional.empty());
    }
}
