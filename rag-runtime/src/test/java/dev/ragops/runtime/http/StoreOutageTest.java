package dev.ragops.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ragops.runtime.answer.Answerer;
import dev.ragops.runtime.answer.GeneratorListener;
import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.config.RagConfig;
import dev.ragops.runtime.http.access.ApiKeys;
import dev.ragops.runtime.http.access.Door;
import dev.ragops.runtime.http.access.Tokens;
import dev.ragops.runtime.http.contract.Contract;
import dev.ragops.runtime.http.serve.Engine;
import dev.ragops.runtime.http.serve.Identity;
import dev.ragops.runtime.observe.RuntimeMetrics;
import dev.ragops.runtime.search.FakeEmbedder;
import dev.ragops.runtime.search.Searcher;
import dev.ragops.runtime.store.Stores;
import dev.ragops.runtime.store.TestPostgres;
import dev.ragops.runtime.view.Follower;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A runtime whose PostgreSQL really goes away and comes back. */
class StoreOutageTest {
    private final TestPostgres server = TestPostgres.create();
    private final Vertx vertx = Vertx.vertx();
    private final FakeEmbedder embedder = new FakeEmbedder("fingerprint");
    private final HttpClient client = HttpClient.newHttpClient();
    private Follower follower;
    private RuntimeServer runtime;
    private String address;

    @BeforeEach
    void start() {
        follower = new Follower(
                RagConfig.DEFAULT,
                embedder,
                List.of(new SourceDocument("bundled", "", "the bundle speaks of routes", Map.of())),
                Map::of,
                Optional.of(() -> Stores.postgres(() -> server.url("postgres"), "default/outage")),
                Optional.empty());
        follower.start();
        Contract contract = Contract.load();
        runtime = new RuntimeServer(
                vertx,
                contract,
                new Engine(
                        RagConfig.DEFAULT,
                        embedder,
                        follower,
                        new Searcher(embedder, RagConfig.DEFAULT.retrieval()),
                        new Answerer(
                                RagConfig.DEFAULT.answer(), String::length, Clock.systemUTC(), GeneratorListener.NONE)),
                new Identity("support-0123456789", "3", "digest", "", embedder.fingerprint()),
                new Door(
                        new Tokens(List.of()),
                        new ApiKeys(Optional.empty(), contract, System::nanoTime),
                        System::nanoTime),
                new RuntimeMetrics(follower, embedder::queryCache),
                Clock.systemUTC(),
                2);
        address = "http://127.0.0.1:"
                + runtime.listen("127.0.0.1", 0)
                        .toCompletionStage()
                        .toCompletableFuture()
                        .join();
        await().atMost(Duration.ofSeconds(30)).until(follower::isReady);
    }

    @AfterEach
    void stop() {
        runtime.close();
        follower.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        server.close();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(address + path)));
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(address + path))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> ingest(String id) throws Exception {
        return post(
                "/ingest", "{\"documents\":[{\"id\":\"" + id + "\",\"text\":\"document " + id + " of the store\"}]}");
    }

    @Test
    void costs_writes_a_clear_503_and_reads_nothing_and_ends_by_itself() throws Exception {
        assertThat(ingest("before").statusCode()).isEqualTo(200);

        server.stop();

        HttpResponse<String> refused = ingest("during");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(refused.headers().firstValue("retry-after")).isPresent();
        assertThat(refused.body()).contains("document store");
        await().atMost(Duration.ofSeconds(30)).until(() -> !follower.isStoreReachable());
        assertThat(get("/health").body()).contains("\"reachable\":false");
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
        assertThat(post("/query", "{\"query\":\"document before of the store\"}")
                        .body())
                .contains("document before of the store");

        server.start();

        await().atMost(Duration.ofSeconds(30)).until(() -> ingest("after").statusCode() == 200);
        assertThat(get("/documents/before").statusCode()).isEqualTo(200);
        assertThat(get("/documents/during").statusCode()).isEqualTo(404);
        assertThat(post("/query", "{\"query\":\"document after of the store\"}").body())
                .contains("document after of the store");
    }
}
