package dev.ragops.runtime.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** MLflow's REST API, as far as bundles need it. Reads are tried again a few times; every call has a time limit. */
public final class MlflowClient implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int TRIES = 4;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String url;
    private final Credentials credentials;
    private final HttpClient http;
    private final Duration limit;

    /** @param limit of one call without its body */
    public MlflowClient(String url, Credentials credentials, Duration limit) {
        this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        this.credentials = credentials;
        this.limit = limit;
        HttpClient.Builder builder =
                HttpClient.newBuilder().connectTimeout(CONNECT).version(HttpClient.Version.HTTP_1_1);
        credentials.sslContext().ifPresent(builder::sslContext);
        this.http = builder.build();
    }

    /** @param query name and value by turns */
    JsonNode get(String path, String... query) {
        String parameters = query.length == 0
                ? ""
                : "?"
                        + java.util.stream.IntStream.range(0, query.length / 2)
                                .mapToObj(i -> encode(query[2 * i]) + "=" + encode(query[2 * i + 1]))
                                .collect(Collectors.joining("&"));
        return again(() -> json(request("/api/2.0/mlflow/" + path + parameters).GET(), path));
    }

    /** The same, or nothing when there is no such thing. */
    Optional<JsonNode> find(String path, String... query) {
        try {
            return Optional.of(get(path, query));
        } catch (RegistryException e) {
            if (e.isMissing()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    JsonNode post(String path, Map<String, ?> fields) {
        ObjectNode body = JSON.valueToTree(fields);
        return json(
                request("/api/2.0/mlflow/" + path)
                        .header("content-type", "application/json")
                        .POST(BodyPublishers.ofString(body.toString())),
                path);
    }

    /** Uploads through the server's artifact proxy. @param path below the proxy's root */
    void putArtifact(String path, BodyPublisher content) {
        HttpResponse<String> response = send(
                request("/api/2.0/mlflow-artifacts/artifacts/" + encodePath(path))
                        .PUT(content),
                BodyHandlers.ofString());
        check(response.statusCode(), response.body(), "upload of " + path);
    }

    /** A download from {@code offset} on. */
    InputStream artifact(String path, long offset) {
        HttpRequest.Builder request = request("/api/2.0/mlflow-artifacts/artifacts/" + encodePath(path))
                .GET();
        if (offset > 0) {
            request.header("range", "bytes=" + offset + "-");
        }
        HttpResponse<InputStream> response = send(request, BodyHandlers.ofInputStream());
        int status = response.statusCode();
        if (status == 206 && offset > 0) {
            return response.body();
        }
        if (status == 200) {
            return from(response.body(), offset, path);
        }
        try (InputStream body = response.body()) {
            String text = new String(body.readNBytes(2000), StandardCharsets.UTF_8);
            check(status, text, path);
            throw RegistryException.unreachable("the registry answered " + status + " to a download of " + path);
        } catch (IOException e) {
            throw RegistryException.unreachable("download of " + path + " broke off: " + e.getMessage());
        }
    }

    /** A server that does not resume sends all of it again: what is there already is read over. */
    private static InputStream from(InputStream whole, long offset, String path) {
        try {
            whole.skipNBytes(offset);
            return whole;
        } catch (IOException e) {
            throw RegistryException.unreachable("download of " + path + " broke off: " + e.getMessage());
        }
    }

    private HttpRequest.Builder request(String path) {
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(url + path)).timeout(limit);
            credentials.authorization().ifPresent(value -> request.header("authorization", value));
            return request;
        } catch (IllegalArgumentException e) {
            throw RegistryException.refused("the registry's address '" + url + "' is not a URL");
        }
    }

    private JsonNode json(HttpRequest.Builder request, String what) {
        HttpResponse<String> response = send(request, BodyHandlers.ofString());
        check(response.statusCode(), response.body(), what);
        try {
            JsonNode node = JSON.readTree(response.body());
            if (node != null && node.isObject()) {
                return node;
            }
        } catch (JsonProcessingException e) {
            // Falls through to the sentence below: the parser's own words help nobody here.
        }
        throw RegistryException.misconfigured(
                "what answers at " + url + " is not MLflow: " + what + " gave no JSON object");
    }

    private <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler) {
        try {
            return http.send(request.build(), handler);
        } catch (IOException e) {
            String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw RegistryException.unreachable("the registry at " + url + " does not answer: " + reason);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RegistryException.unreachable("interrupted while waiting for the registry");
        }
    }

    private void check(int status, String body, String what) {
        if (status < 300) {
            return;
        }
        String message = messageOf(body);
        String text = switch (status) {
            case 401 ->
                "the registry wants credentials (401): check credentialsSecret of the RagModel, or --credentials";
            case 403 -> "the registry refuses (403): " + message;
            case 404, 400 -> "the registry says " + status + " to " + what + ": " + message;
            default -> "the registry answered " + status + " to " + what + ": " + message;
        };
        throw switch (status) {
            case 404 -> RegistryException.missing(text);
            case 401, 403 -> RegistryException.misconfigured(text);
            case 408, 425, 429 -> RegistryException.unreachable(text);
            default -> status >= 500 ? RegistryException.unreachable(text) : RegistryException.refused(text);
        };
    }

    private static String messageOf(String body) {
        try {
            JsonNode message = JSON.readTree(body).path("message");
            if (message.isTextual()) {
                return message.asText();
            }
        } catch (JsonProcessingException e) {
            // Not JSON: its beginning is what there is to say.
        }
        String line = body.strip().replaceAll("\\s+", " ");
        return line.length() > 200 ? line.substring(0, 200) + "…" : line;
    }

    private <T> T again(Supplier<T> call) {
        for (int attempt = 1; ; attempt++) {
            try {
                return call.get();
            } catch (RegistryException e) {
                if (!e.isUnreachable() || attempt == TRIES) {
                    throw e;
                }
                pause(Duration.ofMillis(250L << attempt));
            }
        }
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RegistryException.unreachable("interrupted while waiting for the registry");
        }
    }

    private static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String encodePath(String path) {
        return Arrays.stream(path.split("/")).map(MlflowClient::encode).collect(Collectors.joining("/"));
    }

    @Override
    public void close() {
        http.close();
    }
}
