package dev.ragops.runtime.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ragops.runtime.bundle.Bundle;
import dev.ragops.runtime.bundle.BundleBuilder;
import dev.ragops.runtime.bundle.BundleException;
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
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fetching and registering against a server that answers as MLflow does, and misbehaves on demand as no real one would. */
class RegistryTest {
    private static final ModelVersion VERSION = new ModelVersion("support-rag", "3");

    @TempDir
    Path directory;

    private HttpServer server;
    private MlflowClient client;
    private final Map<String, byte[]> artifacts = new ConcurrentHashMap<>();
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> bodies = new ConcurrentLinkedQueue<>();
    private final AtomicInteger brokenDownloads = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile int status = 200;
    private Bundle bundle;

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

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
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

    private void artifact(HttpExchange exchange, String path, byte[] body) throws IOException {
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

    private static void reply(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    private Bundle fetch() {
        return new BundleFetcher(client)
                .fetch(VERSION, Optional.empty(), directory.resolve("target"), Optional.empty());
    }

    @Nested
    class A_fetch {
        @Test
        void brings_the_files_of_the_manifest_and_nothing_else() {
            artifacts.put("1/run/artifacts/bundle/extra.bin", new byte[10]);

            assertThat(fetch().digest()).isEqualTo(bundle.digest());
            assertThat(directory.resolve("target/extra.bin")).doesNotExist();
        }

        @Test
        void that_breaks_off_goes_on_where_it_was() {
            brokenDownloads.set(2);

            assertThat(fetch().digest()).isEqualTo(bundle.digest());
            assertThat(requests)
                    .filteredOn(request -> request.contains("documents.jsonl"))
                    .hasSize(3);
        }

        @Test
        void survives_a_server_that_fails_for_a_moment() {
            failures.set(2);

            assertThat(fetch().digest()).isEqualTo(bundle.digest());
        }

        @Test
        void follows_the_run_that_a_version_names_and_the_directory_in_its_tag() {
            answers.put("model-versions/get-download-uri", "{\"artifact_uri\":\"runs:/abc/files\"}");
            answers.put("runs/get", "{\"run\":{\"info\":{\"artifact_uri\":\"mlflow-artifacts:/1/run/artifacts\"}}}");
            answers.put(
                    "model-versions/get",
                    "{\"model_version\":{\"tags\":[{\"key\":\"ragops.bundle\",\"value\":\"inner\"},{\"key\":\"ragops.digest\",\"value\":\""
                            + bundle.digest() + "\"}]}}");
            Map.copyOf(artifacts)
                    .forEach((path, content) -> artifacts.put(path.replace("/bundle/", "/files/inner/"), content));

            assertThat(fetch().digest()).isEqualTo(bundle.digest());
            assertThat(requests).anyMatch(request -> request.contains("artifacts/files/inner/rag.yaml"));
        }

        @Test
        void from_a_cache_asks_nobody() {
            Path cache = directory.resolve("cache");
            BundleFetcher fetcher = new BundleFetcher(client);
            fetcher.fetch(VERSION, Optional.of(bundle.digest()), directory.resolve("one"), Optional.of(cache));
            requests.clear();

            fetcher.fetch(VERSION, Optional.of(bundle.digest()), directory.resolve("two"), Optional.of(cache));

            assertThat(requests).isEmpty();
            assertThat(Bundle.open(directory.resolve("two")).digest()).isEqualTo(bundle.digest());
        }

        @Test
        void does_not_believe_a_damaged_cache() throws IOException {
            Path cache = directory.resolve("cache");
            BundleFetcher fetcher = new BundleFetcher(client);
            fetcher.fetch(VERSION, Optional.of(bundle.digest()), directory.resolve("one"), Optional.of(cache));
            Files.writeString(cache.resolve(bundle.digest()).resolve("rag.yaml"), "altered");

            Bundle fetched =
                    fetcher.fetch(VERSION, Optional.of(bundle.digest()), directory.resolve("two"), Optional.of(cache));

            assertThat(fetched.digest()).isEqualTo(bundle.digest());
            assertThat(Bundle.open(cache.resolve(bundle.digest())).digest()).isEqualTo(bundle.digest());
        }
    }

    @Nested
    class A_bundle_is_refused {
        @Test
        void when_its_digest_is_not_the_registered_one() {
            assertThatThrownBy(() -> new BundleFetcher(client)
                            .fetch(VERSION, Optional.of("f".repeat(64)), directory.resolve("target"), Optional.empty()))
                    .isInstanceOf(BundleException.class)
                    .hasMessageContaining("expected ffffffffffff");
        }

        @Test
        void when_a_file_of_its_manifest_is_gone() {
            artifacts.remove("1/run/artifacts/bundle/documents.jsonl");

            assertThatThrownBy(RegistryTest.this::fetch)
                    .isInstanceOf(BundleException.class)
                    .hasMessageContaining("documents.jsonl cannot be fetched");
        }

        @Test
        void when_a_file_was_altered_or_grew() {
            artifacts.put("1/run/artifacts/bundle/rag.yaml", "short".getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(RegistryTest.this::fetch)
                    .isInstanceOf(BundleException.class)
                    .hasMessageContaining("rag.yaml");

            artifacts.put("1/run/artifacts/bundle/rag.yaml", new byte[100_000]);
            assertThatThrownBy(RegistryTest.this::fetch)
                    .isInstanceOf(BundleException.class)
                    .hasMessageContaining("larger than");
        }

        @Test
        void when_the_version_has_no_manifest() {
            artifacts.remove("1/run/artifacts/bundle/manifest.json");

            assertThatThrownBy(RegistryTest.this::fetch)
                    .isInstanceOf(BundleException.class)
                    .hasMessageContaining("no manifest.json");
        }
    }

    @Nested
    class A_registry {
        @Test
        void whose_files_lie_elsewhere_is_told_what_to_do() {
            answers.put("model-versions/get-download-uri", "{\"artifact_uri\":\"s3://bucket/path\"}");

            assertThatThrownBy(RegistryTest.this::fetch)
                    .isInstanceOfSatisfying(
                            RegistryException.class,
                            e -> assertThat(e.isUnreachable()).isFalse())
                    .hasMessageContaining("--serve-artifacts");
        }

        @Test
        void that_wants_credentials_says_so_and_takes_them() throws IOException {
            status = 401;
            assertThatThrownBy(RegistryTest.this::fetch).hasMessageContaining("credentials (401)");

            status = 200;
            Path secret = Files.createDirectories(directory.resolve("secret"));
            Files.writeString(secret.resolve("username"), "me\n");
            Files.writeString(secret.resolve("password"), "pass\n");
            assertThat(Credentials.fromDirectory(secret).authorization()).contains("Basic bWU6cGFzcw==");
            assertThat(Credentials.fromEnvironment(Map.of("MLFLOW_TRACKING_TOKEN", "t"))
                            .authorization())
                    .contains("Bearer t");
            assertThat(Credentials.fromEnvironment(
                                    Map.of("MLFLOW_TRACKING_USERNAME", "me", "MLFLOW_TRACKING_PASSWORD", "pass"))
                            .authorization())
                    .contains("Basic bWU6cGFzcw==");
        }

        @Test
        void with_a_bad_authority_is_refused_before_anything_is_sent() throws IOException {
            Path file = Files.writeString(
                    directory.resolve("ca.crt"), "-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n");

            assertThatThrownBy(() -> new MlflowClient(
                            url(), new Credentials(Optional.empty(), Optional.of(file)), Duration.ofSeconds(1)))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("holds no certificates");
        }

        @Test
        void that_refuses_the_host_name_is_quoted() {
            status = 403;
            answers.put("error", "Invalid Host header - possible DNS rebinding attack detected");

            assertThatThrownBy(RegistryTest.this::fetch).hasMessageContaining("Invalid Host header");
        }

        @Test
        void that_is_something_else_is_not_taken_for_mlflow() {
            answers.put("model-versions/get-download-uri", "<html>");

            assertThatThrownBy(RegistryTest.this::fetch).hasMessageContaining("is not MLflow");
        }

        @Test
        void where_nobody_answers_is_unreachable() {
            try (MlflowClient nobody =
                    new MlflowClient("http://127.0.0.1:1", Credentials.NONE, Duration.ofSeconds(1))) {
                assertThatThrownBy(() -> new BundleFetcher(nobody)
                                .fetch(VERSION, Optional.empty(), directory.resolve("x"), Optional.empty()))
                        .isInstanceOfSatisfying(
                                RegistryException.class,
                                e -> assertThat(e.isUnreachable()).isTrue());
            }
        }

        @Test
        void has_versions_with_a_name_and_a_number() {
            assertThat(ModelVersion.parse("models:/support-rag/3")).isEqualTo(VERSION);
            assertThatThrownBy(() -> ModelVersion.parse("models:/support-rag@production"))
                    .hasMessageContaining("models:/NAME/VERSION");
        }
    }

    @Nested
    class A_registration {
        private void answersRegistrations() {
            answers.put("experiments/create", "{\"experiment_id\":\"7\"}");
            answers.put("registered-models/create", "{\"registered_model\":{}}");
            answers.put("model-versions/search", "{}");
            answers.put(
                    "runs/create",
                    "{\"run\":{\"info\":{\"run_id\":\"r1\",\"artifact_uri\":\"mlflow-artifacts:/7/r1/artifacts\"}}}");
            answers.put("runs/log-batch", "{}");
            answers.put("runs/update", "{}");
            answers.put("model-versions/create", "{\"model_version\":{\"version\":\"4\"}}");
            answers.put("registered-models/alias", "{}");
        }

        private Registrar.Registered register(Optional<String> alias) {
            return new Registrar(client)
                    .register(
                            bundle,
                            new Registrar.Registration("support-rag", "exp", Map.of(), Map.of(), alias, Map.of()));
        }

        @Test
        void of_what_is_registered_already_makes_nothing_and_moves_the_alias() {
            answersRegistrations();
            answers.put(
                    "model-versions/search",
                    "{\"model_versions\":[{\"version\":\"2\",\"run_id\":\"r0\",\"tags\":[{\"key\":\"ragops.digest\",\"value\":\""
                            + bundle.digest() + "\"}]}]}");

            Registrar.Registered registered = register(Optional.of("production"));

            assertThat(registered.isNew()).isFalse();
            assertThat(registered.version()).isEqualTo(new ModelVersion("support-rag", "2"));
            assertThat(requests)
                    .noneMatch(request -> request.startsWith("PUT"))
                    .noneMatch(request -> request.contains("runs/create"))
                    .anyMatch(request -> request.contains("registered-models/alias"));
        }

        @Test
        void that_breaks_off_leaves_a_failed_run_and_no_version() {
            answersRegistrations();
            answers.remove("runs/log-batch");

            assertThatThrownBy(() -> register(Optional.empty())).hasMessageContaining("there is none");
            assertThat(bodies).anyMatch(body -> body.contains("FAILED"));
            assertThat(requests).noneMatch(request -> request.contains("model-versions/create"));
        }

        @ParameterizedTest
        @CsvSource({
            "401, false, credentials (401): check credentialsSecret of the RagModel",
            "403, false, the registry refuses (403): nope",
            "500, true, answered 500",
            "429, true, answered 429"
        })
        void that_the_registry_does_not_take_says_why(int answered, boolean again, String why) {
            status = answered;

            assertThatThrownBy(() -> register(Optional.empty()))
                    .isInstanceOfSatisfying(
                            RegistryException.class,
                            e -> assertThat(e.isUnreachable()).isEqualTo(again))
                    .hasMessageContaining(why);
        }

        @Test
        void uploads_the_files_with_the_manifest_last_and_makes_the_version() {
            answersRegistrations();

            Registrar.Registered registered = new Registrar(client)
                    .register(
                            bundle,
                            new Registrar.Registration(
                                    "support-rag",
                                    "exp",
                                    Map.of("p", "1"),
                                    Map.of("ndcg_at_10", 0.7),
                                    Optional.of("production"),
                                    Map.of("team", "support")));

            assertThat(registered.version()).isEqualTo(new ModelVersion("support-rag", "4"));
            assertThat(registered.isNew()).isTrue();
            assertThat(bodies)
                    .anyMatch(body -> body.contains("ndcg_at_10"))
                    .anyMatch(body -> body.contains("ragops.digest") && body.contains("\"team\""));
            List<String> uploads = requests.stream()
                    .filter(request -> request.startsWith("PUT"))
                    .toList();
            assertThat(uploads).hasSize(3).last().asString().endsWith("manifest.json");
            assertThat(requests).anyMatch(request -> request.contains("registered-models/alias"));
        }

        @Test
        void where_artifacts_are_not_served_says_what_to_do() {
            answersRegistrations();
            answers.put("experiments/get-by-name", "{\"experiment\":{\"experiment_id\":\"7\"}}");
            answers.put("runs/create", "{\"run\":{\"info\":{\"run_id\":\"r1\",\"artifact_uri\":\"file:///tmp\"}}}");

            assertThatThrownBy(() -> register(Optional.empty())).hasMessageContaining("--serve-artifacts");
        }
    }
}
