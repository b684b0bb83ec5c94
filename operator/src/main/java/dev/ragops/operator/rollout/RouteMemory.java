package dev.ragops.operator.rollout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ragops.operator.rollout.machine.Rejection;
import dev.ragops.operator.rollout.machine.RevisionId;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Reads what was rejected from the model's route ConfigMap, for the one case that our own status was lost. */
final class RouteMemory {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KubernetesClient client;

    RouteMemory(KubernetesClient client) {
        this.client = client;
    }

    List<Rejection> rejected(String namespace, String model) {
        @Nullable
        ConfigMap route = client.configMaps()
                .inNamespace(namespace)
                .withName(model + "-route")
                .get();
        if (route == null || route.getData() == null || route.getData().get("memory.json") == null) {
            return List.of();
        }
        return parse(route.getData().get("memory.json"));
    }

    static List<Rejection> parse(String memory) {
        try {
            return StreamSupport.stream(JSON.readTree(memory).path("rejected").spliterator(), false)
                    .map(node -> new Rejection(
                            new RevisionId(
                                    node.path("revision").asText(""),
                                    node.path("version").asText(""),
                                    node.path("digest").asText(""),
                                    node.path("configDigest").asText("")),
                            node.path("reason").asText(""),
                            instant(node.path("at").asText(""))))
                    .toList();
        } catch (JsonProcessingException broken) {
            throw new IllegalStateException("memory.json of the route is not JSON", broken);
        }
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException _) {
            return Instant.EPOCH;
        }
    }
}
