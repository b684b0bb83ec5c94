package dev.ragops.operator.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragops.api.v1alpha1.RagModel;
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
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
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
    /** The value of the annotation that asks for other keys. */
    private String wish = "";
    /** By pod: the ids of the tokens it accepts, or shows. */
    private final Map<String, List<String>> runtimes = new HashMap<>();

    private final Map<String, List<String>> gateways = new HashMap<>();

    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);

    @BeforeEach
    void start() {
        server.init();
        client = server.createClient();
        restart();
    }

    /** Another operator process, which remembers nothing. */
    private void restart() {
        keys = new Keys(client(), new ReadableSecrets(client()), new ModelEvents(client()), clock);
    }

    @AfterEach
    void stop() {
        client().close();
        server.destroy();
    }

    private KubernetesClient client() {
        return Objects.requireNonNull(client);
    }

    private RagModel model(String gateway) {
        RagModel model = Serialization.unmarshal("""
                apiVersion: ragops.dev/v1alpha1
                kind: RagModel
                metadata: {name: support, namespace: default, uid: uid-1}
                spec:
                  registry: {url: "http://mlflow"}
                  model: {name: support-rag, alias: production}
                  gateway: %s
                """.formatted(gateway), RagModel.class);
        if (!wish.isEmpty()) {
            model.getMetadata().setAnnotations(Map.of("ragops.dev/rotate-keys", wish));
        }
        return model;
    }

    private RagModel open() {
        return model("{}");
    }

    private RagModel closed() {
        return model("{auth: {apiKeysSecret: {name: clients}}}");
    }

    private Optional<String> keep(RagModel model) throws Applier.NameConflict {
        return look(model).unreadable();
    }

    private Keys.Kept look(RagModel model) throws Applier.NameConflict {
        ModelObjects objects = new ModelObjects(
                new Names(NAMESPACE, "support"), model.getSpec(), new Defaults("r", "g", "IfNotPresent"));
        return Objects.requireNonNull(keys).keep(model, objects, OWNER, new Holders(runtimes, gateways));
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
    class A_rotation {
        private String token() {
            return String.valueOf(kept().get("runtime-token"));
        }

        private String other() {
            return String.valueOf(kept().get("runtime-token-previous"));
        }

        private Map<String, String> annotations() {
            Map<String, String> present = client().secrets()
                    .inNamespace(NAMESPACE)
                    .withName("support-keys")
                    .get()
                    .getMetadata()
                    .getAnnotations();
            return present == null ? Map.of() : present;
        }

        private boolean later(RagModel model) throws Exception {
            now = now.plus(Duration.ofSeconds(10));
            return look(model).rotating();
        }

        private void accept(String pod) {
            runtimes.put(pod, List.of(Holders.id(token()), Holders.id(other())));
        }

        private void show(String pod) {
            gateways.put(pod, List.of(Holders.id(token())));
        }

        private long events(String reason) {
            return client().v1().events().inNamespace(NAMESPACE).list().getItems().stream()
                    .filter(event -> event.getReason().equals(reason))
                    .count();
        }

        @Test
        void never_uses_what_a_runtime_does_not_accept_nor_takes_back_what_a_gateway_shows() throws Exception {
            keep(open());
            String before = token();
            String evidence = kept().get("evidence-key");
            accept("r1");
            accept("r2");
            show("g1");
            show("g2");

            wish = "1";
            assertThat(look(open()).rotating()).isTrue();
            String next = other();
            assertThat(token()).as("shown until all accept the next").isEqualTo(before);
            accept("r1");
            assertThat(later(open())).isTrue();
            assertThat(token()).isEqualTo(before);
            now = now.plus(Duration.ofHours(1));
            assertThat(later(open())).isTrue();
            assertThat(token())
                    .as("a pod that says no is believed, however long")
                    .isEqualTo(before);

            accept("r2");
            assertThat(later(open())).isTrue();
            assertThat(token()).isEqualTo(next);
            assertThat(other()).as("gateways still show it").isEqualTo(before);
            assertThat(kept())
                    .containsEntry("evidence-key-previous", evidence)
                    .extractingByKey("evidence-key")
                    .isNotEqualTo(evidence);

            show("g1");
            assertThat(later(open())).isTrue();
            assertThat(other()).isEqualTo(before);
            show("g2");
            assertThat(later(open())).isFalse();
            assertThat(token()).isEqualTo(next);
            assertThat(other()).isNotIn(before, next);
            assertThat(kept()).doesNotContainKey("evidence-key-previous");
            assertThat(annotations()).isEqualTo(Map.of("ragops.dev/rotated-keys", "1"));
            assertThat(List.of(events("KeysAnnounced"), events("KeysInUse"), events("KeysRotated")))
                    .containsExactly(1L, 1L, 1L);
        }

        @Test
        void happens_once_for_each_wish_and_not_for_a_new_operator() throws Exception {
            wish = "at its making";
            keep(open());
            Map<String, String> first = kept();
            assertThat(later(open())).isFalse();
            restart();
            assertThat(later(open())).isFalse();
            wish = "";
            assertThat(later(open())).isFalse();
            assertThat(kept()).isEqualTo(first);

            wish = "another";
            assertThat(later(open())).isTrue();
            assertThat(later(open())).isTrue();
            assertThat(later(open())).as("without pods nobody has to follow").isFalse();
            restart();
            Map<String, String> second = kept();
            assertThat(later(open())).isFalse();
            assertThat(kept()).isEqualTo(second);
        }

        @Test
        void goes_on_where_the_operator_before_left_it() throws Exception {
            keep(open());
            accept("r1");
            wish = "1";
            look(open());
            String next = other();
            restart();

            assertThat(later(open())).isTrue();
            assertThat(other()).as("not announced anew").isEqualTo(next);
            accept("r1");
            restart();
            assertThat(later(open())).isTrue();
            assertThat(token()).isEqualTo(next);
        }

        @Test
        void believes_a_silent_pod_to_have_what_its_node_had_ten_minutes_to_bring() throws Exception {
            keep(open());
            runtimes.put("starting", List.of());
            wish = "1";
            look(open());
            String next = other();
            now = now.plus(Duration.ofMinutes(9));
            look(open());
            assertThat(token()).isNotEqualTo(next);

            now = now.plus(Duration.ofMinutes(1));
            look(open());

            assertThat(token()).isEqualTo(next);
        }

        @Test
        void follows_the_removal_of_the_secret_and_pods_go_on_with_what_was_in_it() throws Exception {
            keep(open());
            Map<String, String> first = kept();
            accept("r1");
            client().secrets().inNamespace(NAMESPACE).withName("support-keys").delete();
            now = now.plus(Duration.ofMinutes(6));

            assertThat(look(open()).rotating()).isTrue();

            assertThat(kept())
                    .containsEntry("runtime-token", first.get("runtime-token"))
                    .containsEntry("evidence-key", first.get("evidence-key"))
                    .extractingByKey("runtime-token-previous")
                    .isNotEqualTo(first.get("runtime-token-previous"));
        }

        @Test
        void that_lost_its_secret_half_way_goes_on() throws Exception {
            keep(open());
            accept("r1");
            wish = "1";
            look(open());
            String next = other();
            client().secrets().inNamespace(NAMESPACE).withName("support-keys").delete();

            assertThat(later(open())).isTrue();

            assertThat(other()).isEqualTo(next);
            assertThat(annotations()).containsKey("ragops.dev/rotation");
        }

        @Test
        void does_not_follow_a_field_that_was_lost_it_is_put_back() throws Exception {
            keep(open());
            Map<String, String> first = kept();
            client().secrets().inNamespace(NAMESPACE).withName("support-keys").edit(secret -> {
                secret.getData().remove("runtime-token");
                return secret;
            });
            now = now.plus(Duration.ofMinutes(6));

            assertThat(look(open()).rotating()).isFalse();

            assertThat(kept()).isEqualTo(first);
        }

        @Test
        void takes_an_edited_mark_for_rest() throws Exception {
            keep(open());
            for (String mark : List.of("announced", "in-use yesterday", "x", "announced 1 2")) {
                client().secrets()
                        .inNamespace(NAMESPACE)
                        .withName("support-keys")
                        .edit(secret -> {
                            secret.getMetadata().setAnnotations(new HashMap<>(Map.of("ragops.dev/rotation", mark)));
                            return secret;
                        });
                restart();
                assertThat(later(open())).as(mark).isFalse();
            }
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
