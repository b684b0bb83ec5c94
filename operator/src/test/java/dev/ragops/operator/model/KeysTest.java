package dev.ragops.operator.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagModelSpec;
import dev.ragops.operator.outside.ReadableSecrets;
import dev.ragops.operator.workload.Defaults;
import dev.ragops.operator.workload.ModelObjects;
import dev.ragops.operator.workload.Names;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class KeysTest {
    private static final String NAMESPACE = "default";
    private static final OwnerReference OWNER = new OwnerReferenceBuilder()
            .withApiVersion("ragops.dev/v1alpha1")
            .withKind("RagModel")
            .withName("support")
            .withUid("uid-1")
            .withController(true)
            .build();

    private final KubernetesMockServer server = new KubernetesMockServer(
            new Context(Serialization.jsonMapper()), new MockWebServer(), new HashMap<>(), new ApplyingServer(), false);
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private @Nullable KubernetesClient client;
    private @Nullable Keys keys;

    private final Clock clock = new Clock() {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    };

    @BeforeEach
    void start() {
        server.init();
        client = server.createClient();
        restart();
    }

    /** Another operator process, which remembers nothing. */
    private void restart() {
        keys = new Keys(client(), new ReadableSecrets(client()), clock);
    }

    @AfterEach
    void stop() {
        client().close();
        server.destroy();
    }

    private KubernetesClient client() {
        return Objects.requireNonNull(client);
    }

    private static RagModelSpec spec(String gateway) {
        return Serialization.unmarshal("""
                kind: RagModel
                spec:
                  registry: {url: "http://mlflow"}
                  model: {name: support-rag, alias: production}
                  gateway: %s
                """.formatted(gateway), RagModel.class).getSpec();
    }

    private static RagModelSpec open() {
        return spec("{}");
    }

    private static RagModelSpec closed() {
        return spec("{auth: {apiKeysSecret: {name: clients}}}");
    }

    private Optional<String> keep(RagModelSpec spec) throws Applier.NameConflict {
        ModelObjects objects =
                new ModelObjects(new Names(NAMESPACE, "support"), spec, new Defaults("r", "g", "IfNotPresent"));
        return Objects.requireNonNull(keys).keep(spec, objects, OWNER);
    }

    private Map<String, String> kept() {
        Map<String, String> plain = new HashMap<>();
        client().secrets()
                .inNamespace(NAMESPACE)
                .withName("support-keys")
                .get()
                .getData()
                .forEach((field, value) ->
                        plain.put(field, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
        return plain;
    }

    private void clients(String label, String... lines) {
        SecretBuilder secret = new SecretBuilder()
                .withNewMetadata()
                .withName("clients")
                .withNamespace(NAMESPACE)
                .addToLabels("ragops.dev/readable", label)
                .endMetadata();
        for (int i = 0; i < lines.length; i++) {
            secret.addToData("key" + i, Base64.getEncoder().encodeToString(lines[i].getBytes(StandardCharsets.UTF_8)));
        }
        Secret made = secret.build();
        client().resource(made).delete();
        client().resource(made).create();
    }

    @Nested
    class Without_keys_of_clients {
        @Test
        void everybody_may_call_and_tokens_are_made_once() throws Exception {
            assertThat(keep(open())).isEmpty();
            Map<String, String> first = kept();
            restart();
            keep(open());

            assertThat(first).containsEntry("api-keys", "open").containsKeys("runtime-token", "evidence-key");
            assertThat(first.get("runtime-token")).hasSize(43).isNotEqualTo(first.get("runtime-token-previous"));
            assertThat(kept()).isEqualTo(first);
        }

        @Test
        void a_secret_that_was_removed_is_made_again_when_it_is_looked_for() throws Exception {
            keep(open());
            client().secrets().inNamespace(NAMESPACE).withName("support-keys").delete();
            now = now.plus(Duration.ofMinutes(6));

            keep(open());

            assertThat(kept()).containsEntry("api-keys", "open");
        }

        @Test
        void a_secret_of_somebody_else_is_left_alone() {
            client().resource(new SecretBuilder()
                            .withNewMetadata()
                            .withName("support-keys")
                            .withNamespace(NAMESPACE)
                            .endMetadata()
                            .addToData("a", "Yg==")
                            .build())
                    .create();

            assertThatThrownBy(() -> keep(closed())).isInstanceOf(Applier.NameConflict.class);
            assertThat(kept()).containsOnlyKeys("a");
        }
    }

    @Nested
    class Keys_of_clients {
        @Test
        void are_copied_and_followed_within_half_a_minute_and_tokens_stay() throws Exception {
            keep(open());
            String token = kept().get("runtime-token");
            clients("true", "one", "two\n");
            assertThat(keep(closed())).isEmpty();
            assertThat(kept()).containsEntry("api-keys", "one\ntwo").containsEntry("runtime-token", token);

            clients("true", "one");
            now = now.plus(Duration.ofSeconds(31));
            keep(closed());

            assertThat(kept()).containsEntry("api-keys", "one").containsEntry("runtime-token", token);
        }

        @Test
        void that_were_never_read_let_nobody_in_and_say_why() throws Exception {
            assertThat(keep(closed()))
                    .contains(
                            "spec.gateway.auth.apiKeysSecret: there is no Secret clients; until then nobody is let in");
            assertThat(kept()).containsEntry("api-keys", "");
        }

        @Test
        void that_replace_an_open_door_let_nobody_in_while_they_cannot_be_read() throws Exception {
            keep(open());

            assertThat(keep(closed())).isPresent();

            assertThat(kept()).containsEntry("api-keys", "");
        }

        @Test
        void that_may_not_be_read_any_more_stay_as_they_were_known_last() throws Exception {
            clients("true", "one");
            keep(closed());
            clients("false", "two");
            restart();

            assertThat(keep(closed()).orElse(""))
                    .contains("label it ragops.dev/readable=true", "the keys known last count");
            assertThat(kept()).containsEntry("api-keys", "one");
        }

        @Test
        void go_at_once_when_the_spec_names_none_any_more() throws Exception {
            clients("true", "one");
            keep(closed());

            assertThat(keep(open())).isEmpty();

            assertThat(kept()).containsEntry("api-keys", "open");
        }
    }
}
