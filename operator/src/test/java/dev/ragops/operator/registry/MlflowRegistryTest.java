package dev.ragops.operator.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Every answer an MLflow server was seen to give, and some that are none. */
class MlflowRegistryTest {
    private static final String DIGEST = "a1".repeat(32);
    private static final String TAGS = "\"tags\": [{\"key\": \"ragops.digest\", \"value\": \"" + DIGEST + "\"}]";

    private record Reply(int status, String body) {}

    private HttpServer server;
    private final Map<String, Reply> replies = new ConcurrentHashMap<>();
    private final AtomicReference<String> authorization = new AtomicReference<>("");
    private final MlflowRegistry registry = new MlflowRegistry();

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            authorization.set(String.valueOf(exchange.getRequestHeaders().getFirst("authorization")));
            Reply reply = replies.getOrDefault(
                    exchange.getRequestURI().getPath().replace("/api/2.0/mlflow/", ""),
                    new Reply(404, "<html>not here</html>"));
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        replies.put("registered-models/alias", new Reply(200, """
                {"model_version": {"name": "rag", "version": "3", "run_id": "r", "status": "READY", "source": "mlflow-artifacts:/1/r",
                 "tags": [{"key": "other", "value": "x"}, {"key": "ragops.digest", "value": "%s"}], "workspace": "new"}}""".formatted(DIGEST)));
        replies.put("runs/get", new Reply(200, """
                {"run": {"data": {"metrics": [{"key": "ndcg_at_10", "value": 0.7}, {"key": "odd", "value": "NaN"}]}}}"""));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Question question(Map<String, String> credentials) {
        return new Question(
                "http://127.0.0.1:" + server.getAddress().getPort() + "/",
                "rag",
                Optional.of("production"),
                Optional.empty(),
                credentials);
    }

    private Resolution resolve() {
        return registry.resolve(question(Map.of()));
    }

    private Resolution.Failed failed() {
        return (Resolution.Failed) resolve();
    }

    private void alias(int status, String body) {
        replies.put("registered-models/alias", new Reply(status, body));
    }

    @Nested
    class A_version {
        @Test
        void comes_with_run_digest_and_metrics() {
            assertThat(resolve()).isEqualTo(new Resolution.Found("3", "r", DIGEST, Map.of("ndcg_at_10", 0.7)));
        }

        @Test
        void of_a_logged_model_has_that_models_metrics_first() {
            alias(
                    200,
                    "{\"model_version\": {\"version\": \"3\", \"run_id\": \"r\", \"source\": \"models:/m-1\", " + TAGS
                            + "}}");
            replies.put(
                    "logged-models/m-1",
                    new Reply(200, "{\"model\":{\"data\":{\"metrics\":[{\"key\":\"ndcg_at_10\",\"value\":0.9}]}}}"));

            assertThat(resolve()).isEqualTo(new Resolution.Found("3", "r", DIGEST, Map.of("ndcg_at_10", 0.9)));
        }

        @Test
        void may_be_named_by_its_number() {
            replies.put(
                    "model-versions/get", new Reply(200, "{\"model_version\": {\"version\": \"5\", " + TAGS + "}}"));

            Resolution found = registry.resolve(
                    new Question(question(Map.of()).url(), "rag", Optional.empty(), Optional.of("5"), Map.of()));

            assertThat(found).isEqualTo(new Resolution.Found("5", "", DIGEST, Map.of()));
        }

        @Test
        void without_a_digest_is_none() {
            alias(200, "{\"model_version\": {\"version\": \"3\", \"run_id\": \"r\"}}");
            assertThat(failed().reason()).isEqualTo("NoDigest");
            assertThat(failed().message()).contains("version 3 of rag", "no tag ragops.digest");

            alias(
                    200,
                    "{\"model_version\": {\"version\": \"3\", \"tags\": [{\"key\": \"ragops.digest\", \"value\": \"latest\"}]}}");
            assertThat(failed().reason()).isEqualTo("NoDigest");
            assertThat(failed().message()).contains("not a SHA-256");
        }

        @Test
        void that_is_still_pending_is_asked_for_again() {
            alias(200, "{\"model_version\": {\"version\": \"3\", \"status\": \"PENDING_REGISTRATION\"}}");

            assertThat(failed().reason()).isEqualTo("VersionNotReady");
            assertThat(failed().transientProblem()).isTrue();
        }
    }

    @Nested
    class A_refusal {
        @Test
        void of_an_unknown_alias_names_model_and_alias() {
            alias(
                    400,
                    "{\"error_code\":\"INVALID_PARAMETER_VALUE\",\"message\":\"Registered model alias production not found.\"}");

            assertThat(failed().reason()).isEqualTo("AliasNotFound");
            assertThat(failed().message()).contains("rag").contains("production");
        }

        @Test
        void of_an_unknown_model_or_version_repeats_what_mlflow_says() {
            alias(
                    404,
                    "{\"error_code\":\"RESOURCE_DOES_NOT_EXIST\",\"message\":\"Registered Model with name=rag not found\"}");
            assertThat(failed().reason()).isEqualTo("ModelNotFound");

            alias(
                    404,
                    "{\"error_code\":\"RESOURCE_DOES_NOT_EXIST\",\"message\":\"Model Version (name=rag, version=9) not found\"}");
            assertThat(failed().reason()).isEqualTo("VersionNotFound");

            alias(400, "{\"error_code\":\"INVALID_PARAMETER_VALUE\",\"message\":\"bad name\"}");
            assertThat(failed().reason()).isEqualTo("RegistryRefused");
        }

        @Test
        void for_want_of_credentials_says_where_to_put_them() {
            alias(401, "You are not authenticated.");
            assertThat(failed().reason()).isEqualTo("RegistryUnauthorized");
            assertThat(failed().message()).contains("credentialsSecret");

            registry.resolve(question(Map.of("username", "me", "password", "pass")));
            assertThat(authorization.get()).isEqualTo("Basic bWU6cGFzcw==");
            registry.resolve(question(Map.of("token", "t")));
            assertThat(authorization.get()).isEqualTo("Bearer t");
        }

        @Test
        void of_the_host_name_says_how_to_start_the_server() {
            alias(403, "Invalid Host header - possible DNS rebinding attack detected");
            assertThat(failed().reason()).isEqualTo("RegistryHostRefused");
            assertThat(failed().message()).contains("--allowed-hosts");

            alias(403, "{\"message\":\"Permission denied\"}");
            assertThat(failed().reason()).isEqualTo("RegistryForbidden");
        }

        @Test
        void by_something_that_is_not_mlflow_is_told_as_that() {
            alias(200, "<html>please log in</html>");
            assertThat(failed().reason()).isEqualTo("NotMlflow");
            alias(404, "<html>not found</html>");
            assertThat(failed().reason()).isEqualTo("NotMlflow");
            alias(200, "{\"hello\":1}");
            assertThat(failed().reason()).isEqualTo("NotMlflow");
        }

        @Test
        void of_a_server_in_trouble_may_pass_by_itself() {
            alias(500, "x".repeat(500));
            assertThat(failed().reason()).isEqualTo("RegistryError");
            assertThat(failed().message()).contains("500").endsWith("…");
            assertThat(failed().transientProblem()).isTrue();
        }

        @Test
        void by_nobody_or_at_an_address_that_is_none_says_so() {
            server.stop(0);
            assertThat(failed().reason()).isEqualTo("RegistryUnreachable");
            Resolution bad = registry.resolve(
                    new Question("http://exa mple", "rag", Optional.of("a"), Optional.empty(), Map.of()));
            assertThat(((Resolution.Failed) bad).reason()).isEqualTo("RegistryAddress");
        }
    }

    @Nested
    class A_question {
        @Test
        void shows_no_credentials_when_printed() {
            assertThat(question(Map.of("password", "geheim")).toString())
                    .doesNotContain("geheim")
                    .contains("rag");
        }
    }

    @Nested
    class The_poller {
        private final ConcurrentLinkedQueue<String> news = new ConcurrentLinkedQueue<>();
        private final AtomicReference<Resolution> answer =
                new AtomicReference<>(new Resolution.Found("1", "", "", Map.of()));

        @Test
        void says_when_an_answer_differs_and_forgets_what_was_asked_differently() {
            try (RegistryPoller poller = new RegistryPoller(q -> answer.get(), Clock.systemUTC(), news::add)) {
                poller.follow("a/b", List.of(1), Duration.ofMillis(20), () -> Optional.of(question(Map.of())));
                await().until(() -> news.size() == 1);
                answer.set(new Resolution.Found("2", "", "", Map.of()));
                await().until(() -> news.size() == 2);
                assertThat(poller.latest("a/b"))
                        .map(RegistryPoller.Snapshot::resolution)
                        .contains(answer.get());

                poller.follow("a/b", List.of(2), Duration.ofHours(1), () -> {
                    throw new IllegalStateException("no Secret");
                });
                await().until(() -> poller.latest("a/b")
                        .map(RegistryPoller.Snapshot::resolution)
                        .equals(Optional.of(new Resolution.Failed("RegistryQuestion", "no Secret", true))));

                poller.forget("a/b");
                assertThat(poller.latest("a/b")).isEmpty();
            }
        }
    }
}
