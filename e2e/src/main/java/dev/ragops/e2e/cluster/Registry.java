package dev.ragops.e2e.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Does in MLflow what its users do: move an alias, read a version's tags, register files. */
public final class Registry {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI base;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    public Registry(URI base) {
        this.base = base;
    }

    public void moveAlias(String model, String alias, String version) {
        post("registered-models/alias", Map.of("name", model, "alias", alias, "version", version));
    }

    /** Tags of a version, by key. */
    public Map<String, String> tags(String model, String version) {
        JsonNode answer = call(HttpRequest.newBuilder(
                        uri("model-versions/get?name=" + encoded(model) + "&version=" + encoded(version)))
                .GET());
        Map<String, String> tags = new HashMap<>();
        for (JsonNode tag : answer.path("model_version").path("tags")) {
            tags.put(tag.path("key").asText(), tag.path("value").asText());
        }
        return tags;
    }

    public void tag(String model, String version, String key, String value) {
        post("model-versions/set-tag", Map.of("name", model, "version", version, "key", key, "value", value));
    }

    public void removeTag(String model, String version, String key) {
        call(HttpRequest.newBuilder(uri("model-versions/delete-tag"))
                .header("content-type", "application/json")
                .method("DELETE", body(Map.of("name", model, "version", version, "key", key))));
    }

    /** Registers another version with the files of an existing one, and its tags. */
    public String copyVersion(String model, String version) {
        JsonNode from = call(HttpRequest.newBuilder(
                                uri("model-versions/get?name=" + encoded(model) + "&version=" + encoded(version)))
                        .GET())
                .path("model_version");
        JsonNode made = post(
                "model-versions/create",
                Map.of(
                        "name",
                        model,
                        "source",
                        from.path("source").asText(),
                        "run_id",
                        from.path("run_id").asText()));
        String copy = made.path("model_version").path("version").asText();
        tags(model, version).forEach((key, value) -> tag(model, copy, key, value));
        return copy;
    }

    /** Uploads files into a run of their own and registers that directory as a version of the model. */
    public String register(String model, String directory, Map<String, byte[]> files) {
        JsonNode info = post("runs/create", Map.of("experiment_id", "0", "run_name", "forged"))
                .path("run")
                .path("info");
        String uri = info.path("artifact_uri").asText();
        String place = uri.replaceFirst("^mlflow-artifacts:/+", "") + "/" + directory;
        files.forEach((path, bytes) -> answer(HttpRequest.newBuilder(
                        URI.create(address() + "/api/2.0/mlflow-artifacts/artifacts/" + place + "/" + path))
                .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes))));
        return post(
                        "model-versions/create",
                        Map.of(
                                "name",
                                model,
                                "source",
                                uri + "/" + directory,
                                "run_id",
                                info.path("run_id").asText()))
                .path("model_version")
                .path("version")
                .asText();
    }

    private JsonNode post(String path, Map<String, String> content) {
        return call(HttpRequest.newBuilder(uri(path))
                .header("content-type", "application/json")
                .POST(body(content)));
    }

    private static HttpRequest.BodyPublisher body(Map<String, String> content) {
        try {
            return HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(content));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("strings are always JSON", e);
        }
    }

    private JsonNode call(HttpRequest.Builder builder) {
        try {
            return JSON.readTree(answer(builder));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("MLflow's answer is not JSON", e);
        }
    }

    private String answer(HttpRequest.Builder builder) {
        HttpRequest request = builder.timeout(Duration.ofSeconds(20)).build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException("MLflow answered %d to %s %s: %s"
                        .formatted(response.statusCode(), request.method(), request.uri(), response.body()));
            }
            return response.body();
        } catch (IOException e) {
            throw new IllegalStateException("MLflow at " + base + " does not answer: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private URI uri(String path) {
        return URI.create(address() + "/api/2.0/mlflow/" + path);
    }

    private String address() {
        return base.toString().replaceAll("/+$", "");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
