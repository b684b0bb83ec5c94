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
import java.util.Map;
import java.util.Optional;
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
    private final int port;
    private final BoundedHttp http = new BoundedHttp(ANSWER);
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    private record Known(EvidenceKeys keys, Instant readAt) {}

    public HttpGateways(KubernetesClient client, Clock clock) {
        this(client, clock, ADMIN_PORT);
    }

    HttpGateways(KubernetesClient client, Clock clock, int port) {
        this.client = client;
        this.clock = clock;
        this.port = port;
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
        BoundedHttp.Answer answer = ask(pod, modelUid, keys(namespace, model, modelUid));
        if (answer.status() == HttpURLConnection.HTTP_UNAUTHORIZED) {
            // The keys may have been rotated since they were read.
            known.remove(modelUid);
            answer = ask(pod, modelUid, keys(namespace, model, modelUid));
        }
        if (answer.status() != HttpURLConnection.HTTP_OK) {
            throw new IOException(pod.name() + " answered " + answer.status());
        }
        JsonNode body = JSON.readTree(answer.body());
        return new State(
                body.path("generation").asLong(),
                settings(body),
                body.path("token").asText(""));
    }

    /** With the key that this gateway takes: while keys rotate it may be the one before. */
    private BoundedHttp.Answer ask(Gateways.Pod pod, String modelUid, EvidenceKeys keys) throws IOException {
        BoundedHttp.Answer answer = send(pod, modelUid, keys.current());
        return answer.status() == HttpURLConnection.HTTP_UNAUTHORIZED
                        && keys.previous().isPresent()
                ? send(pod, modelUid, keys.previous().get())
                : answer;
    }

    private BoundedHttp.Answer send(Gateways.Pod pod, String modelUid, byte[] key) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://" + host(pod.address()) + ":" + port + "/-/route"))
                .header("authorization", "Bearer " + EvidenceToken.of(key, modelUid, clock.instant()));
        return http.send(request, Map.of());
    }

    private static String host(String address) {
        return address.contains(":") ? "[" + address + "]" : address;
    }

    private EvidenceKeys keys(String namespace, String model, String modelUid) throws IOException {
        Instant now = clock.instant();
        Known before = known.get(modelUid);
        if (before != null && before.readAt().plus(KEY_LIFE).isAfter(now)) {
            return before.keys();
        }
        Secret secret = client.secrets()
                .inNamespace(namespace)
                .withName(model + "-keys")
                .get();
        EvidenceKeys keys = Optional.ofNullable(secret)
                .flatMap(EvidenceKeys::of)
                .orElseThrow(() -> new IOException("Secret " + model + "-keys has no evidence-key"));
        known.put(modelUid, new Known(keys, now));
        return keys;
    }
}
