package dev.ragops.operator.rollout.collect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ragops.operator.outside.BoundedHttp;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BiFunction;

/** Asks a Prometheus server for the value of an instant query, with the credentials the rollout names. */
public final class PrometheusSource implements MetricSource {
    private static final Duration ANSWER = Duration.ofSeconds(3);
    private static final int MAX_ERROR_CHARS = 200;

    private final BiFunction<String, String, Map<String, String>> secrets;
    private final ObjectMapper json = new ObjectMapper();
    private final BoundedHttp http = new BoundedHttp(ANSWER);

    /** @param secrets decoded data of a readable Secret, by namespace and name; throws with the reason when it may not be read */
    public PrometheusSource(BiFunction<String, String, Map<String, String>> secrets) {
        this.secrets = secrets;
    }

    @Override
    public OptionalDouble query(Subject subject, Subject.Prometheus prometheus, String query) {
        Map<String, String> credentials = prometheus
                .credentialsSecret()
                .map(name -> secrets.apply(subject.namespace(), name))
                .orElse(Map.of());
        String base = prometheus.url().replaceAll("/+$", "");
        try {
            return value(http.send(
                    HttpRequest.newBuilder(URI.create(
                            base + "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8))),
                    credentials));
        } catch (IOException failure) {
            throw new IllegalStateException("Prometheus at " + base + ": " + failure, failure);
        }
    }

    private OptionalDouble value(BoundedHttp.Answer response) throws JsonProcessingException {
        if (response.status() != 200) {
            String body = response.body();
            throw new IllegalStateException("Prometheus answered HTTP " + response.status() + ": "
                    + body.substring(0, Math.min(MAX_ERROR_CHARS, body.length())));
        }
        JsonNode data = json.readTree(response.body()).path("data");
        JsonNode result = data.path("result");
        return switch (data.path("resultType").asText()) {
            case "scalar" -> number(result.path(1));
            case "vector" -> {
                if (result.size() > 1) {
                    throw new IllegalStateException(
                            "the query has " + result.size() + " values; aggregate it to one, for example with sum()");
                }
                yield result.isEmpty()
                        ? OptionalDouble.empty()
                        : number(result.path(0).path("value").path(1));
            }
            default -> throw new IllegalStateException("the query answers neither a scalar nor an instant vector");
        };
    }

    /** NaN is what a ratio without requests gives: no value. */
    private static OptionalDouble number(JsonNode text) {
        double value = switch (text.asText()) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text.asText("NaN"));
        };
        return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }
}
