package dev.ragops.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ragops.gateway.route.Documents;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway of a cluster that its node starts again, with the same files as before, while the API server is away. */
class WithoutApiServerTest {
    private static final long SOON = 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private JsonObject route = Documents.document(8, "none", 0);
    private boolean hangs;

    @SuppressWarnings("NullAway.Init")
    private FakeRuntime pod;

    @SuppressWarnings("NullAway.Init")
    private HttpServer api;

    @SuppressWarnings("NullAway.Init")
    private Settings settings;

    @BeforeEach
    void begin() throws Exception {
        pod = new FakeRuntime(vertx, FakeRuntime.answer(200, "a"));
        api = serve(0);
        Files.writeString(folder.resolve("token"), "account");
        Files.writeString(
                folder.resolve("route.json"), Documents.document(7, "none", 0).encode());
        settings = new Settings(
                Optional.of(folder.resolve("route.json").toString()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Settings.Address("127.0.0.1", api.actualPort(), folder + "/", false)),
                folder.resolve("last-known.json").toString(),
                "default",
                "support",
                "g",
                Duration.ZERO,
                0,
                0);
    }

    @AfterEach
    void end() throws Exception {
        vertx.close().await(SOON, TimeUnit.SECONDS);
    }

    private HttpServer serve(int port) throws Exception {
        return vertx.createHttpServer()
                .requestHandler(this::answer)
                .listen(port, "127.0.0.1")
                .await(SOON, TimeUnit.SECONDS);
    }

    /** Lists what there is; a watch stays open and says nothing. */
    private void answer(HttpServerRequest request) {
        if (hangs || "true".equals(request.getParam("watch"))) {
            return;
        }
        boolean maps = String.valueOf(request.path()).endsWith("/configmaps");
        JsonObject item = maps
                ? new JsonObject().put("data", new JsonObject().put("route.json", route.encode()))
                : new JsonObject()
                        .put(
                                "ports",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("name", "http")
                                                .put("port", port())))
                        .put(
                                "endpoints",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("addresses", new JsonArray().add("127.0.0.1"))
                                                .put("conditions", new JsonObject().put("ready", true))));
        item.put(
                "metadata",
                new JsonObject()
                        .put("name", "one")
                        .put("labels", new JsonObject().put("kubernetes.io/service-name", Stage.STABLE)));
        var _ = request.response()
                .end(new JsonObject()
                        .put("metadata", new JsonObject().put("resourceVersion", "1"))
                        .put("items", new JsonArray().add(item))
                        .encode());
    }

    private int port() {
        return Integer.parseInt(pod.address().replaceFirst(".*:", ""));
    }

    private record Running(Gateway gateway, String id) {}

    private Running start() throws Exception {
        Gateway gateway = new Gateway(settings);
        return new Running(gateway, vertx.deployVerticle(gateway).await(SOON, TimeUnit.SECONDS));
    }

    private void kill(Running running) throws Exception {
        vertx.undeploy(running.id()).await(SOON, TimeUnit.SECONDS);
    }

    private Running startedOnce() throws Exception {
        Running first = start();
        await().atMost(SOON, TimeUnit.SECONDS).until(() -> serves(first));
        await().atMost(SOON, TimeUnit.SECONDS).until(() -> remembered().contains("\\\"generation\\\":8"));
        return first;
    }

    private String remembered() throws Exception {
        Path file = folder.resolve("last-known.json");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private boolean serves(Running running) throws Exception {
        HttpResponse<String> ready = http.send(
                HttpRequest.newBuilder(URI.create(
                                "http://127.0.0.1:" + running.gateway().adminPort() + "/health/ready"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(
                                "http://127.0.0.1:" + running.gateway().userPort() + "/query"))
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"query\":\"how\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return ready.statusCode() == 200 && answer.statusCode() == 200;
    }

    private long generation(Running running) throws Exception {
        String metrics = http.send(
                        HttpRequest.newBuilder(URI.create(
                                        "http://127.0.0.1:" + running.gateway().adminPort() + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        return metrics.lines()
                .filter(line -> line.startsWith("ragops_gateway_route_generation "))
                .map(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
                .findFirst()
                .orElse(0L);
    }

    @Test
    void goesOnWithTheRouteAndThePodsOfBefore() throws Exception {
        kill(startedOnce());
        api.close().await(SOON, TimeUnit.SECONDS);

        Running second = start();

        await().atMost(SOON, TimeUnit.SECONDS).until(() -> serves(second));
        assertThat(generation(second))
                .as("the mounted route is of generation 7")
                .isEqualTo(8);
    }

    @Test
    void doesNotWaitForOneThatHangs() throws Exception {
        kill(startedOnce());
        hangs = true;

        Running second = start();

        await().atMost(8, TimeUnit.SECONDS).until(() -> serves(second));
    }

    @Test
    void goesByWhatTheApiServerSaysAsSoonAsItIsBack() throws Exception {
        kill(startedOnce());
        int port = api.actualPort();
        api.close().await(SOON, TimeUnit.SECONDS);
        Running second = start();
        await().atMost(SOON, TimeUnit.SECONDS).until(() -> serves(second));
        FakeRuntime gone = pod;
        pod = new FakeRuntime(vertx, FakeRuntime.answer(200, "b"));
        route = Documents.document(9, "none", 0);

        serve(port);

        await().atMost(SOON, TimeUnit.SECONDS).until(() -> {
            assertThat(serves(second)).isTrue();
            return !pod.seen().isEmpty();
        });
        await().atMost(SOON, TimeUnit.SECONDS).until(() -> generation(second) == 9);
        int before = gone.seen().size();
        assertThat(serves(second)).isTrue();
        assertThat(gone.seen()).hasSize(before);
    }

    @Test
    void isNotReadyWhereNothingWasKnownBefore() throws Exception {
        Files.writeString(folder.resolve("last-known.json"), "{\"route\": 1");
        api.close().await(SOON, TimeUnit.SECONDS);

        Running first = start();

        await().atMost(SOON, TimeUnit.SECONDS).until(() -> generation(first) == 7);
        assertThat(serves(first)).isFalse();
    }
}
