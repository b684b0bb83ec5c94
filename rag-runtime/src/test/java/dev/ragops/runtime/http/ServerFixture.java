package dev.ragops.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ragops.runtime.answer.Answerer;
import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.config.RagConfig;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.embed.Embedders;
import dev.ragops.runtime.http.access.ApiKeys;
import dev.ragops.runtime.http.access.Door;
import dev.ragops.runtime.http.access.Tokens;
import dev.ragops.runtime.http.contract.Contract;
import dev.ragops.runtime.http.serve.Engine;
import dev.ragops.runtime.http.serve.Identity;
import dev.ragops.runtime.observe.RuntimeMetrics;
import dev.ragops.runtime.search.Searcher;
import dev.ragops.runtime.store.DocumentStore;
import dev.ragops.runtime.store.Stores;
import dev.ragops.runtime.view.Follower;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The whole runtime on a port: real embedder, real store, real HTTP. */
abstract class ServerFixture {
    static final ObjectMapper JSON = new ObjectMapper();
    static final String TYPE = "application/json";
    static final Contract CONTRACT = Contract.load();
    private static Vertx vertx;
    private static Embedder embedder;

    @TempDir
    Path directory;

    final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    Follower follower;
    RuntimeServer server;
    String url;

    @BeforeAll
    static void open() {
        vertx = Vertx.vertx();
        embedder = Embedders.open(RagConfig.DEFAULT.embedder(), Path.of("."), new Embedders.Resources(2, 1 << 20));
    }

    @AfterAll
    static void close() {
        embedder.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @BeforeEach
    void start() throws IOException {
        serve(
                Optional.of(() -> Stores.sqlite(directory.resolve("documents.db"), "default/test")),
                List.of(),
                Optional.empty());
    }

    @AfterEach
    void stop() {
        server.close();
        follower.close();
    }

    /** What questions are encoded by: a test may stand in its way. */
    Embedder questionEmbedder(Embedder real) {
        return real;
    }

    /** What is served: a test may want another. */
    RagConfig config() {
        return RagConfig.DEFAULT;
    }

    final void serve(Optional<Supplier<DocumentStore>> store, List<Path> tokens, Optional<Path> keys)
            throws IOException {
        List<SourceDocument> bundled = List.of(
                new SourceDocument(
                        "rollback",
                        "Rollback",
                        "A rollback is a change of route, never a rebuild.",
                        Map.of("kind", "concept")),
                new SourceDocument(
                        "weather", "Weather", "It rains in the north of the country.", Map.of("kind", "other")));
        Embedder served = questionEmbedder(embedder);
        follower = new Follower(config(), embedder, bundled, Map::of, store, Optional.empty());
        follower.start();
        RuntimeMetrics metrics = new RuntimeMetrics(follower, embedder::queryCache);
        server = new RuntimeServer(
                vertx,
                CONTRACT,
                new Engine(
                        config(),
                        served,
                        follower,
                        new Searcher(served, config().retrieval()),
                        new Answerer(config().answer(), String::length, Clock.systemUTC(), metrics)),
                new Identity("support-0123456789", "3", "digest", "", embedder.fingerprint()),
                new Door(new Tokens(tokens), new ApiKeys(keys, CONTRACT, System::nanoTime), System::nanoTime),
                metrics,
                Clock.systemUTC(),
                2);
        url = "http://127.0.0.1:"
                + server.listen("127.0.0.1", 0)
                        .toCompletionStage()
                        .toCompletableFuture()
                        .join();
        await().atMost(Duration.ofSeconds(30)).until(follower::isReady);
    }

    void serveAgain(Optional<Supplier<DocumentStore>> store, List<Path> tokens) throws IOException {
        stop();
        serve(store, tokens, Optional.empty());
    }

    HttpResponse<String> send(String method, String path, String type, byte[] body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        if (!type.isEmpty()) {
            request.header("content-type", type);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
        ContractOracle.promised(method, path, response);
        return response;
    }

    HttpResponse<String> post(String path, String body, String... headers) throws IOException, InterruptedException {
        return send("POST", path, TYPE, body.getBytes(java.nio.charset.StandardCharsets.UTF_8), headers);
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send("GET", path, "", new byte[0], headers);
    }

    static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    /** @param series name and labels, as scraped */
    double metric(String series) throws IOException, InterruptedException {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    JsonNode query(String body) throws IOException, InterruptedException {
        HttpResponse<String> response = post("/query", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }
}
