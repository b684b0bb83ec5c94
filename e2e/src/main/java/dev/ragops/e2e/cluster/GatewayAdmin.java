package dev.ragops.e2e.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.e2e.report.Moment;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.LocalPortForward;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Asks each gateway pod of a model what it serves and since when, on the port and with the token the operator uses. The
 * API server's proxy would drop the token, so each pod is reached by a port-forward.
 */
public final class GatewayAdmin implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ADMIN_PORT = 9090;

    private final KubernetesClient client;
    private final RagModel model;
    private final byte[] key;
    private final Map<String, LocalPortForward> forwards = new ConcurrentHashMap<>();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    public GatewayAdmin(KubernetesClient client, RagModel model) {
        this.client = client;
        this.model = model;
        Secret secret = client.secrets()
                .inNamespace(model.getMetadata().getNamespace())
                .withName(model.getMetadata().getName() + "-keys")
                .require();
        this.key = Base64.getDecoder().decode(secret.getData().get("evidence-key"));
    }

    /** What the pod serves; empty when it does not answer. */
    public Optional<Moment.GatewayServes> ask(Pod pod) {
        String name = pod.getMetadata().getName();
        try {
            LocalPortForward forward = forwards.computeIfAbsent(
                    name,
                    _ -> client.pods()
                            .inNamespace(model.getMetadata().getNamespace())
                            .withName(name)
                            .portForward(ADMIN_PORT));
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + forward.getLocalPort() + "/-/route"))
                    .timeout(Duration.ofSeconds(3))
                    .header("authorization", "Bearer " + token())
                    .GET()
                    .build();
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                return Optional.empty();
            }
            JsonNode route = JSON.readTree(response.body());
            return Optional.of(new Moment.GatewayServes(
                    System.currentTimeMillis(),
                    name,
                    route.path("generation").asLong(),
                    route.path("since").asLong()));
        } catch (IOException | RuntimeException e) {
            drop(name);
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private void drop(String name) {
        LocalPortForward gone = forwards.remove(name);
        if (gone != null) {
            try {
                gone.close();
            } catch (IOException e) {
                // The pod is gone, and the forward with it.
            }
        }
    }

    private String token() {
        try {
            String claim = "v1.%d".formatted(Instant.now().plusSeconds(60).getEpochSecond());
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            byte[] signature =
                    mac.doFinal((claim + "." + model.getMetadata().getUid()).getBytes(StandardCharsets.UTF_8));
            return claim + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    @Override
    public void close() {
        forwards.keySet().forEach(this::drop);
        http.close();
    }
}
