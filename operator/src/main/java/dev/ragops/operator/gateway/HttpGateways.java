package dev.ragops.operator.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Gateway pods of a cluster: found by labels, believed because they check a token that only their model's key signs. */
public final class HttpGateways implements Gateways {
    private static final int ADMIN_PORT = 9090;
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final Duration TOKEN_LIFE = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KubernetesClient client;
    private final Clock clock;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(1))
            .build();

    public HttpGateways(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    @Override
    public List<Gateways.Pod> ready(String namespace, String model, String modelUid) {
        return client
                .pods()
                .inNamespace(namespace)
                .withLabels(Map.of("app.kubernetes.io/name", "rag-gateway", "ragops.dev/model", model))
                .list()
                .getItems()
                .stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .filter(Readiness::isPodReady)
                .filter(pod -> pod.getStatus().getPodIP() != null)
                .map(HttpGateways::pod)
                .toList();
    }

    private static Gateways.Pod pod(io.fabric8.kubernetes.api.model.Pod pod) {
        String ip = pod.getStatus().getPodIP();
        return new Gateways.Pod(
                pod.getMetadata().getName(), (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + ADMIN_PORT);
    }

    @Override
    public State ask(Gateways.Pod pod, String namespace, String model, String modelUid) throws IOException {
        Secret keys = client.secrets()
                .inNamespace(namespace)
                .withName(model + "-keys")
                .get();
        if (keys == null || keys.getData() == null || keys.getData().get("evidence-key") == null) {
            throw new IOException("Secret " + model + "-keys has no evidence-key");
        }
        byte[] key = Base64.getDecoder().decode(keys.getData().get("evidence-key"));
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + pod.address() + "/-/route"))
                .timeout(ANSWER)
                .header("authorization", "Bearer " + token(key, modelUid))
                .build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IOException(pod.name() + " answered " + response.statusCode());
            }
            JsonNode body = JSON.readTree(response.body());
            Map<String, Integer> endpoints = new HashMap<>();
            body.path("endpoints")
                    .properties()
                    .forEach(entry ->
                            endpoints.put(entry.getKey(), entry.getValue().asInt()));
            return new State(body.path("generation").asLong(), endpoints);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private String token(byte[] key, String modelUid) {
        long expiry = clock.instant().plus(TOKEN_LIFE).getEpochSecond();
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            byte[] signature = mac.doFinal(("v1." + expiry + "." + modelUid).getBytes(StandardCharsets.UTF_8));
            return "v1." + expiry + "."
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
