package dev.ragops.operator.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ragops.operator.Durations;
import dev.ragops.operator.outside.BoundedHttp;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Asks an MLflow tracking server over its REST API; what it refuses is told in words a person can act on. */
public final class MlflowRegistry implements ModelRegistry {
    private static final Duration ANSWER = Duration.ofSeconds(8);
    private static final String API = "/api/2.0/mlflow/";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    private final Duration limit;
    private final BoundedHttp http;

    public MlflowRegistry() {
        this(ANSWER);
    }

    MlflowRegistry(Duration limit) {
        this.limit = limit;
        this.http = new BoundedHttp(limit);
    }

    /** An answer that is none; carries what the condition will say. */
    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Resolution.Failed failed;

        Refusal(String reason, String message, boolean transientProblem) {
            super(message, null, false, false);
            this.failed = new Resolution.Failed(reason, message, transientProblem);
        }
    }

    @Override
    public Resolution resolve(Question question) {
        try {
            JsonNode version = version(question).path("model_version");
            String number = version.path("version").asText("");
            if (number.isEmpty()) {
                throw new Refusal(
                        "NotMlflow",
                        "what answers at " + question.url() + " is not MLflow: a version without a number",
                        false);
            }
            String status = version.path("status").asText("READY");
            if (!status.equals("READY")) {
                throw new Refusal(
                        "VersionNotReady",
                        "version " + number + " of " + question.model() + " is " + status + " in the registry",
                        true);
            }
            String digest = tag(version, "ragops.digest");
            if (!DIGEST.matcher(digest).matches()) {
                throw new Refusal(
                        "NoDigest",
                        "version %s of %s has %s; `ragops register` sets it, as does whoever tags the version with the digest of its bundle"
                                .formatted(
                                        number,
                                        question.model(),
                                        digest.isEmpty()
                                                ? "no tag ragops.digest"
                                                : "a tag ragops.digest that is not a SHA-256 in hex"),
                        false);
            }
            String runId = version.path("run_id").asText("");
            return new Resolution.Found(number, runId, digest, metrics(question, version, runId));
        } catch (Refusal refusal) {
            if (refusal.failed.reason().equals("NotMlflow")) {
                http.reconnect();
            }
            return refusal.failed;
        }
    }

    private JsonNode version(Question question) throws Refusal {
        if (question.alias().isPresent()) {
            return get(
                    question,
                    "registered-models/alias",
                    Map.of("name", question.model(), "alias", question.alias().get()));
        }
        return get(
                question,
                "model-versions/get",
                Map.of("name", question.model(), "version", question.version().orElse("")));
    }

    private static String tag(JsonNode version, String key) {
        for (JsonNode tag : version.path("tags")) {
            if (tag.path("key").asText().equals(key)) {
                return tag.path("value").asText("");
            }
        }
        return "";
    }

    /** MLflow 3 keeps the metrics of an evaluation on the LoggedModel, older ways on the run. */
    private Map<String, Double> metrics(Question question, JsonNode version, String runId) throws Refusal {
        Map<String, Double> metrics = new HashMap<>();
        if (!runId.isEmpty()) {
            add(
                    metrics,
                    getIfThere(question, "runs/get", Map.of("run_id", runId))
                            .path("run")
                            .path("data")
                            .path("metrics"));
        }
        String source = version.path("source").asText("");
        if (source.startsWith("models:/m-")) {
            String id = source.substring("models:/".length());
            add(
                    metrics,
                    getIfThere(question, "logged-models/" + id, Map.of())
                            .path("model")
                            .path("data")
                            .path("metrics"));
        }
        return metrics;
    }

    /** A run that was deleted has no metrics; the gates say so where one is asked for. */
    private JsonNode getIfThere(Question question, String call, Map<String, String> query) throws Refusal {
        try {
            return get(question, call, query);
        } catch (Refusal refusal) {
            if (refusal.failed.reason().equals("VersionNotFound")) {
                return JSON.missingNode();
            }
            throw refusal;
        }
    }

    private static void add(Map<String, Double> metrics, JsonNode listed) {
        for (JsonNode metric : listed) {
            JsonNode value = metric.path("value");
            if (value.isNumber()) {
                metrics.put(metric.path("key").asText(), value.asDouble());
            }
        }
    }

    private JsonNode get(Question question, String call, Map<String, String> query) throws Refusal {
        StringBuilder url = new StringBuilder(question.url().replaceAll("/+$", ""))
                .append(API)
                .append(call);
        char separator = '?';
        for (Map.Entry<String, String> parameter : query.entrySet()) {
            url.append(separator)
                    .append(parameter.getKey())
                    .append('=')
                    .append(URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8)
                            .replace("+", "%20"));
            separator = '&';
        }
        BoundedHttp.Answer response = send(question, url.toString());
        JsonNode body = parsed(response.body());
        if (response.status() != 200) {
            throw refusal(question, response.status(), body, response.body());
        }
        if (!body.isObject()) {
            throw new Refusal(
                    "NotMlflow",
                    "what answers at " + question.url() + " is not MLflow: its answer is no JSON object",
                    false);
        }
        return body;
    }

    private BoundedHttp.Answer send(Question question, String url) throws Refusal {
        HttpRequest.Builder request;
        try {
            request = HttpRequest.newBuilder(URI.create(url));
        } catch (IllegalArgumentException e) {
            throw new Refusal("RegistryAddress", "spec.registry.url '" + question.url() + "' is not a URL", false);
        }
        try {
            return http.send(request, question.credentials());
        } catch (BoundedHttp.BadCredentials e) {
            throw new Refusal("RegistryCredentials", "spec.registry.credentialsSecret: " + e.getMessage(), false);
        } catch (HttpConnectTimeoutException e) {
            throw new Refusal(
                    "RegistryUnreachable",
                    "the registry at " + question.url() + " cannot be reached: no connection in time",
                    true);
        } catch (HttpTimeoutException e) {
            throw new Refusal(
                    "RegistryUnreachable",
                    "the registry at " + question.url() + " hangs: it did not answer within " + Durations.text(limit),
                    true);
        } catch (IOException e) {
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new Refusal(
                    "RegistryUnreachable", "the registry at " + question.url() + " does not answer: " + why, true);
        }
    }

    private static Refusal refusal(Question question, int status, JsonNode body, String text) {
        String code = body.path("error_code").asText("");
        String message = body.path("message").asText(first(text));
        return switch (status) {
            case 401 ->
                new Refusal(
                        "RegistryUnauthorized",
                        "the registry wants credentials (401): set or correct spec.registry.credentialsSecret",
                        true);
            case 403 ->
                message.contains("Host header")
                        ? new Refusal(
                                "RegistryHostRefused",
                                "the registry refuses the host name of " + question.url() + " (403: " + message
                                        + "): start MLflow with --allowed-hosts naming it",
                                true)
                        : new Refusal("RegistryForbidden", "the registry refuses (403): " + message, true);
            case 400, 404 -> missing(question, code, message);
            default ->
                new Refusal(
                        "RegistryError",
                        "the registry at " + question.url() + " answered " + status + ": " + message,
                        true);
        };
    }

    private static Refusal missing(Question question, String code, String message) {
        if (message.contains("alias")) {
            return new Refusal(
                    "AliasNotFound",
                    "model " + question.model() + " has no alias "
                            + question.alias().orElse("") + " in the registry: set it, or correct spec.model.alias",
                    true);
        }
        if (code.equals("RESOURCE_DOES_NOT_EXIST")) {
            String what = message.startsWith("Registered Model") ? "ModelNotFound" : "VersionNotFound";
            return new Refusal(what, "the registry says: " + message, true);
        }
        if (code.isEmpty()) {
            return new Refusal(
                    "NotMlflow", "what answers at " + question.url() + " is not MLflow: it knows no " + API, false);
        }
        return new Refusal("RegistryRefused", "the registry says: " + message, true);
    }

    private static JsonNode parsed(String body) {
        try {
            JsonNode node = JSON.readTree(body);
            return node == null ? JSON.missingNode() : node;
        } catch (JsonProcessingException e) {
            return JSON.missingNode();
        }
    }

    private static String first(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() > 200 ? line.substring(0, 200) + "…" : line;
    }
}
