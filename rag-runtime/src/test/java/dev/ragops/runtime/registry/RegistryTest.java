package dev.ragops.runtime.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The registry as it may be found, and registering in it. */
class RegistryTest extends MlflowFixture {
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
