package dev.ragops.gateway.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ragops.gateway.proxy.Endpoints;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourcesTest {

    @Nested
    class EndpointSlices {
        private final Vertx vertx = Vertx.vertx();
        private final Endpoints endpoints = new Endpoints();

        @TempDir
        @SuppressWarnings("NullAway.Init")
        Path folder;

        @SuppressWarnings("NullAway.Init")
        Slices slices;

        @BeforeEach
        void begin() {
            slices = new Slices(
                    endpoints, new LastKnown(vertx, folder.resolve("known").toString(), endpoints, _ -> {}));
        }

        @AfterEach
        void close() throws Exception {
            vertx.close().await(10, TimeUnit.SECONDS);
        }

        @Test
        void ofOneServiceAddUp() {
            slices.all(new JsonArray()
                    .add(slice("a", "s", endpoint("10.0.0.1", true, true)))
                    .add(slice("b", "s", endpoint("10.0.0.2", true, true))));

            assertThat(endpoints.counts()).isEqualTo(Map.of("s", 2));
        }

        @Test
        void offerPodsOnTheirWayOutOnlyWhenThereIsNobodyElse() {
            slices.changed(slice("a", "s", endpoint("10.0.0.1", true, true), endpoint("10.0.0.2", false, true)), false);
            assertThat(endpoints.counts()).isEqualTo(Map.of("s", 1));

            slices.changed(
                    slice("a", "s", endpoint("10.0.0.1", false, false), endpoint("10.0.0.2", false, true)), false);
            assertThat(endpoints.counts()).isEqualTo(Map.of("s", 1));

            slices.changed(slice("a", "s", endpoint("10.0.0.1", false, false)), false);
            assertThat(endpoints.counts()).isEmpty();
        }

        @Test
        void thatAreDeletedTakeTheirPodsAlong() {
            slices.changed(slice("a", "s", endpoint("10.0.0.1", true, true)), false);

            slices.changed(slice("a", "s", endpoint("10.0.0.1", true, true)), true);

            assertThat(endpoints.has("s")).isFalse();
        }

        @Test
        void withoutPortsOfferNobody() {
            slices.all(new JsonArray().add(slice("a", "s").put("ports", null)));

            assertThat(endpoints.has("s")).isFalse();
        }
    }

    @Nested
    class AnApiServer {
        private final Vertx vertx = Vertx.vertx();

        @TempDir
        @SuppressWarnings("NullAway.Init")
        Path account;

        @AfterEach
        void close() throws Exception {
            vertx.close().await(10, TimeUnit.SECONDS);
        }

        @Test
        void isFollowedThroughAnEndAndAGap() throws Exception {
            Files.writeString(account.resolve("token"), "secret\n");
            List<String> asked = new CopyOnWriteArrayList<>();
            HttpServer server = vertx.createHttpServer()
                    .requestHandler(request -> {
                        asked.add(request.getHeader("authorization") + " " + request.query());
                        boolean watch = "true".equals(request.getParam("watch"));
                        String version = request.getParam("resourceVersion");
                        if (!watch) {
                            request.response().end(list(asked.size() == 1 ? "10" : "20"));
                        } else if ("10".equals(version)) {
                            request.response().setChunked(true);
                            request.response().write(event("MODIFIED", "11", "two"));
                            request.response()
                                    .end(
                                            "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"12\"}}}\n");
                        } else if ("12".equals(version)) {
                            request.response().end("{\"type\":\"ERROR\",\"object\":{\"code\":410}}\n");
                        } else {
                            request.response().setChunked(true);
                            request.response().write(event("ADDED", "21", "three"));
                        }
                    })
                    .listen(0, "127.0.0.1")
                    .await(10, TimeUnit.SECONDS);
            List<String> seen = new CopyOnWriteArrayList<>();

            new ApiServer(vertx, "127.0.0.1", server.actualPort(), account + "/", false)
                    .follow("/api/v1/namespaces/x/configmaps?fieldSelector=a", new RouteMap(seen::add));

            await().atMost(20, TimeUnit.SECONDS)
                    .untilAsserted(() -> assertThat(seen).containsExactly("one", "two", "one", "three"));
            assertThat(asked).allMatch(one -> one.startsWith("Bearer secret fieldSelector=a"));
        }

        private static String list(String version) {
            return new JsonObject()
                    .put("metadata", new JsonObject().put("resourceVersion", version))
                    .put("items", new JsonArray().add(map(version, "one")))
                    .encode();
        }

        private static String event(String type, String version, String route) {
            return new JsonObject()
                            .put("type", type)
                            .put("object", map(version, route))
                            .encode() + "\n";
        }

        private static JsonObject map(String version, String route) {
            return new JsonObject()
                    .put("metadata", new JsonObject().put("resourceVersion", version))
                    .put("data", new JsonObject().put("route.json", route));
        }
    }

    private static JsonObject slice(String name, String service, JsonObject... endpoints) {
        return new JsonObject()
                .put(
                        "metadata",
                        new JsonObject()
                                .put("name", name)
                                .put("labels", new JsonObject().put("kubernetes.io/service-name", service)))
                .put(
                        "ports",
                        new JsonArray()
                                .add(new JsonObject().put("name", "other").put("port", 1))
                                .add(new JsonObject().put("name", "http").put("port", 8080)))
                .put("endpoints", new JsonArray(List.of(endpoints)));
    }

    private static JsonObject endpoint(String address, boolean ready, boolean serving) {
        return new JsonObject()
                .put("addresses", new JsonArray().add(address))
                .put("conditions", new JsonObject().put("ready", ready).put("serving", serving));
    }
}
