package dev.ragops.operator.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpGatewaysTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_764_000_000);

    private final KubernetesMockServer cluster = new KubernetesMockServer(
            new Context(Serialization.jsonMapper()),
            new MockWebServer(),
            new HashMap<>(),
            new KubernetesCrudDispatcher(),
            false);
    private final HttpServer gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    /** What the gateway has read of its key so far. */
    private volatile String mounted = "one";

    private @Nullable KubernetesClient client;

    HttpGatewaysTest() throws IOException {}

    @BeforeEach
    void start() {
        cluster.init();
        client = cluster.createClient();
        gateway.createContext("/-/route", exchange -> {
            String wanted = "Bearer " + EvidenceToken.of(mounted.getBytes(StandardCharsets.UTF_8), "uid-1", NOW);
            boolean known = wanted.equals(exchange.getRequestHeaders().getFirst("authorization"));
            byte[] body = "{\"generation\": 7, \"token\": \"0123456789ab\"}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(known ? 200 : 401, known ? body.length : -1);
            if (known) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        gateway.start();
    }

    @AfterEach
    void stop() {
        gateway.stop(0);
        client().close();
        cluster.destroy();
    }

    private KubernetesClient client() {
        return Objects.requireNonNull(client);
    }

    private void secret(Map<String, String> fields) {
        SecretBuilder secret = new SecretBuilder()
                .withNewMetadata()
                .withName("support-keys")
                .withNamespace("team")
                .endMetadata();
        fields.forEach((field, value) ->
                secret.addToData(field, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
        client().resource(secret.build()).delete();
        client().resource(secret.build()).create();
    }

    private Gateways.State ask(HttpGateways gateways) throws IOException {
        return gateways.ask(new Gateways.Pod("g", "127.0.0.1"), "team", "support", "uid-1");
    }

    @Test
    void a_gateway_is_understood_before_during_and_after_a_rotation_of_its_key() throws Exception {
        HttpGateways gateways = new HttpGateways(
                client(), Clock.fixed(NOW, ZoneOffset.UTC), gateway.getAddress().getPort());
        secret(Map.of("evidence-key", "one"));
        assertThat(ask(gateways)).isEqualTo(new Gateways.State(7, Gateways.Settings.UNSAID, "0123456789ab"));

        secret(Map.of("evidence-key", "two", "evidence-key-previous", "one"));
        assertThat(ask(gateways).generation()).isEqualTo(7);
        mounted = "two";
        assertThat(ask(gateways).generation()).isEqualTo(7);
        mounted = "one";
        assertThat(ask(gateways).generation())
                .as("the one that is behind is asked with the key before")
                .isEqualTo(7);

        secret(Map.of("evidence-key", "two"));
        mounted = "two";
        assertThat(ask(gateways).generation()).isEqualTo(7);
    }

    @Test
    void one_that_takes_no_key_of_ours_is_no_answer() {
        HttpGateways gateways = new HttpGateways(
                client(), Clock.fixed(NOW, ZoneOffset.UTC), gateway.getAddress().getPort());
        assertThatThrownBy(() -> ask(gateways)).hasMessageContaining("support-keys has no evidence-key");

        secret(Map.of("evidence-key", "another", "evidence-key-previous", ""));

        assertThatThrownBy(() -> ask(gateways)).hasMessage("g answered 401");
    }
}
