package dev.ragops.e2e.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import java.util.OptionalLong;

/** How much memory a pod's process holds: what it says itself, or else what its node says of it. */
public final class Memory {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String METRIC = "process_resident_memory_bytes";

    private final KubernetesClient client;

    public Memory(KubernetesClient client) {
        this.client = client;
    }

    /** Resident bytes. */
    public Optional<Long> resident(Pod pod, int port, String metricsPath) {
        return bySelf(pod, port, metricsPath).or(() -> byNode(pod));
    }

    private Optional<Long> bySelf(Pod pod, int port, String metricsPath) {
        String metrics = raw("/api/v1/namespaces/%s/pods/%s:%d/proxy%s"
                .formatted(pod.getMetadata().getNamespace(), pod.getMetadata().getName(), port, metricsPath));
        return metrics.lines()
                .filter(line -> line.startsWith(METRIC + " ") || line.startsWith(METRIC + "{"))
                .map(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst();
    }

    /** The working set: what the node would count against the pod's limit. */
    private Optional<Long> byNode(Pod pod) {
        String summary = raw("/api/v1/nodes/" + pod.getSpec().getNodeName() + "/proxy/stats/summary");
        if (summary.isEmpty()) {
            return Optional.empty();
        }
        try {
            for (JsonNode one : JSON.readTree(summary).path("pods")) {
                if (one.path("podRef")
                        .path("uid")
                        .asText()
                        .equals(pod.getMetadata().getUid())) {
                    OptionalLong most = one.path("containers")
                            .valueStream()
                            .mapToLong(container -> container
                                    .path("memory")
                                    .path("workingSetBytes")
                                    .asLong())
                            .max();
                    return most.isPresent() && most.getAsLong() > 0 ? Optional.of(most.getAsLong()) : Optional.empty();
                }
            }
            return Optional.empty();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the node's summary is not JSON", e);
        }
    }

    private String raw(String path) {
        try {
            String answer = client.raw(path);
            return answer == null ? "" : answer;
        } catch (KubernetesClientException e) {
            return "";
        }
    }
}
