package dev.ragops.operator.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ragops.operator.outside.BoundedHttp;
import dev.ragops.operator.route.Route;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Gateway pods of a cluster, believed because they check a token that only their model's key signs. */
public final class HttpGateways implements Gateways {
    private static final int ADMIN_PORT = 9090;
    private static final Duration ANSWER = Duration.ofSeconds(2);
    /** A key is read again at the latest then, and at once when a gateway does not take it. */
    private static final Duration KEY_LIFE = Duration.ofMinutes(5);

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    private final KubernetesClient client;
    private final Clock clock;
    private final BoundedHttp http = new BoundedHttp(ANSWER);
    private final Map<String, Key> keys = new ConcurrentHashMap<>();

    private record Key(byte[] bytes, Instant readAt) {}

    public HttpGateways(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** The same words for what a route says and for what a gateway does. */
    public static Settings settings(Route route) {
        return settings(JSON.valueToTree(route));
    }

    private static Settings settings(JsonNode said) {
        if (!said.has("requestTimeoutMillis") || !said.has("stickiness")) {
            return Settings.UNSAID;
        }
        try {
            Map<String, Object> ordered = new TreeMap<>();
            ordered.put(
                    "requestTimeoutMillis", said.path("requestTimeoutMillis").asLong());
            ordered.put("stickiness", JSON.treeToValue(said.path("stickiness"), Route.Stickiness.class));
            return new Settings(JSON.writeValueAsString(ordered));
        } catch (JsonProcessingException | IllegalArgumentException other) {
            return new Settings("unreadable");
        }
    }

    @Override
    public State ask(Gateways.Pod pod, String namespace, String model, String modelUid) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://" + host(pod.address()) + ":" + ADMIN_PORT + "/-/route"))
                .header(
                        "authorization",
                        "Bearer " + EvidenceToken.of(key(namespace, model, modelUid), modelUid, clock.instant()));
        BoundedHttp.Answer answer = http.send(request, Map.of());
        if (answer.status() == HttpURLConnection.HTTP_UNAUTHORIZED) {
            keys.remove(modelUid);
        }
        if (answer.status() != HttpURLConnection.HTTP_OK) {
            throw new IOException(pod.name() + " answered " + answer.status());
        }
        JsonNode body = JSON.readTree(answer.body());
        return new State(body.path("generation").asLong(), settings(body));
    }

    private static String host(String address) {
        return address.contains(":") ? "[" + address + "]" : address;
    }

    private byte[] key(String namespace, String model, String modelUid) throws IOException {
        Instant now = clock.instant();
        Key known = keys.get(modelUid);
        if (known != null && known.readAt().plus(KEY_LIFE).isAfter(now)) {
            return known.bytes();
        }
        Secret secret = client.secrets()
                .inNamespace(namespace)
                .withName(model + "-keys")
                .get();
        if (secret == null || secret.getData() == null || secret.getData().get("evidence-key") == null) {
            throw new IOException("Secret " + model + "-keys has no evidence-key");
        }
        byte[] bytes = Base64.getDecoder().decode(secret.getData().get("evidence-key"));
        keys.put(modelUid, new Key(bytes, now));
        return bytes;
    }
}
