package dev.ragops.e2e.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.LocalPortForward;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Talks to a model as its clients do, through one of its gateway pods. */
public final class Front implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int USER_PORT = 8080;

    private final LocalPortForward forward;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    public Front(Cluster cluster, String model) {
        String pod = cluster.gateways(model).getFirst().getMetadata().getName();
        this.forward = cluster.client()
                .pods()
                .inNamespace(cluster.namespace())
                .withName(pod)
                .portForward(USER_PORT);
    }

    /**
     * What came back.
     *
     * @param version registered version of who answered, empty if it does not say
     */
    public record Answer(int status, String version, JsonNode body) {
        /** Ids of the documents that the answer rests on. */
        public List<String> documents() {
            List<String> ids = new ArrayList<>();
            body.path("sources")
                    .forEach(source -> ids.add(source.path("documentId").asText()));
            return ids;
        }
    }

    public Answer post(String path, Map<String, ?> content, String... headers) {
        try {
            return send(request(path, headers)
                    .header("content-type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(content))));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps are always JSON", e);
        }
    }

    public Answer get(String path, String... headers) {
        return send(request(path, headers).GET());
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + forward.getLocalPort() + path))
                .timeout(Duration.ofSeconds(20));
        return headers.length == 0 ? request : request.headers(headers);
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(
                    response.statusCode(),
                    response.headers().firstValue("x-ragops-version").orElse(""),
                    JSON.readTree(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException("no answer through the gateway", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        try {
            forward.close();
        } catch (IOException e) {
            // The pod is gone, and the forward with it.
        }
    }
}
