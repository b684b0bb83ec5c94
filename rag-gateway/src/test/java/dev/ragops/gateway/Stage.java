package dev.ragops.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A gateway with its files, ports and client, as a pod would have them. */
final class Stage implements AutoCloseable {
    static final String STABLE = "support-1";
    static final String CANDIDATE = "support-2";
    private static final String KEY = "evidence-key-of-this-model";

    final Vertx vertx = Vertx.vertx();
    final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    final Gateway gateway;
    final Settings settings;
    private final Path folder;

    /** On which every answer counts at once. */
    Stage(Path folder) throws Exception {
        this(folder, Duration.ZERO);
    }

    Stage(Path folder, Duration warmUp) throws Exception {
        this.folder = folder;
        Files.writeString(folder.resolve("token"), "runtime-secret\n");
        Files.writeString(folder.resolve("key"), KEY);
        this.settings = new Settings(
                Optional.of(folder.resolve("route.json").toString()),
                Optional.of(folder.resolve("endpoints.json").toString()),
                Optional.of(folder.resolve("token").toString()),
                Optional.of(folder.resolve("key").toString()),
                Optional.empty(),
                folder.resolve("last-known.json").toString(),
                "default",
                "support",
                "support-gateway-0",
                warmUp,
                0,
                0);
        this.gateway = new Gateway(settings);
    }

    FakeRuntime runtime(FakeRuntime.Behaviour behaviour) throws Exception {
        return new FakeRuntime(vertx, behaviour);
    }

    void route(JsonObject document) throws Exception {
        replace("route.json", document.encode());
    }

    void endpoints(Map<String, List<String>> services) throws Exception {
        JsonObject json = new JsonObject();
        services.forEach((service, addresses) -> json.put(service, new JsonArray(addresses)));
        replace("endpoints.json", json.encode());
    }

    /** In one step, as the kubelet does it. */
    void replace(String file, String text) throws Exception {
        Path next = Files.writeString(folder.resolve(file + ".next"), text);
        Files.move(next, folder.resolve(file), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    void start() throws Exception {
        vertx.deployVerticle(gateway).await(20, TimeUnit.SECONDS);
    }

    void startAndAwaitReady() throws Exception {
        start();
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> admin("/health/ready", false).statusCode() == 200);
    }

    HttpResponse<String> ask(String... headers) throws Exception {
        return send(request("POST", "/query", "{\"query\":\"how\"}", headers));
    }

    HttpResponse<String> send(HttpRequest request) throws Exception {
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    HttpRequest request(String method, String path, String body, String... headers) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + gateway.userPort() + path))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .header("content-type", "application/json");
        if (headers.length > 0) {
            builder.headers(headers);
        }
        return builder.build();
    }

    HttpResponse<String> admin(String path, boolean signed) throws Exception {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.adminPort() + path));
        if (signed) {
            builder.header("authorization", token(System.currentTimeMillis() / 1000 + 60, "uid-1", KEY));
        }
        return send(builder.build());
    }

    static String token(long expiry, String uid, String key) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        byte[] signature = mac.doFinal(("v1." + expiry + "." + uid).getBytes(StandardCharsets.UTF_8));
        return "Bearer v1." + expiry + "."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    }

    JsonObject routeReport() throws Exception {
        return new JsonObject(admin("/-/route", true).body());
    }

    JsonObject evidence(long generation) throws Exception {
        HttpResponse<String> response = admin("/-/evidence?generation=" + generation, true);
        assertThat(response.statusCode()).isEqualTo(200);
        return new JsonObject(response.body());
    }

    /** One class of one track; empty before its first event. */
    JsonObject track(long generation, String track, String answerClass) throws Exception {
        return evidence(generation)
                .getJsonObject("tracks")
                .getJsonObject(track)
                .getJsonObject("classes")
                .getJsonObject(
                        answerClass,
                        new JsonObject()
                                .put("total", 0)
                                .put("errors", 0)
                                .put("excluded", 0)
                                .put("shed", 0)
                                .put("clientErrors", 0)
                                .put("slow", new JsonObject()));
    }

    @Override
    public void close() throws Exception {
        vertx.close().await(20, TimeUnit.SECONDS);
    }
}
