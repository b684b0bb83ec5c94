package dev.ragops.operator.rollout.collect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BiFunction;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Asks a Prometheus server for the value of an instant query, with the credentials the rollout names. */
public final class PrometheusSource implements MetricSource {
    private static final Duration CONNECT = Duration.ofSeconds(1);
    private static final Duration ANSWER = Duration.ofSeconds(3);
    private static final int MAX_ERROR_CHARS = 200;

    private final BiFunction<String, String, Map<String, String>> secrets;
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient plain = client(null);

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
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(base + "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8)))
                .timeout(ANSWER);
        authorization(credentials).ifPresent(value -> request.header("Authorization", value));
        @Nullable String authority = credentials.get("ca.crt");
        HttpClient client = authority == null ? plain : client(authority);
        try {
            return value(client.send(request.build(), HttpResponse.BodyHandlers.ofString()));
        } catch (IOException failure) {
            throw new IllegalStateException("Prometheus at " + base + ": " + failure, failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        } finally {
            if (client != plain) {
                client.close();
            }
        }
    }

    private OptionalDouble value(HttpResponse<String> response) throws JsonProcessingException {
        if (response.statusCode() != 200) {
            String body = response.body();
            throw new IllegalStateException("Prometheus answered HTTP " + response.statusCode() + ": "
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

    private static Optional<String> authorization(Map<String, String> credentials) {
        if (credentials.containsKey("token")) {
            return Optional.of("Bearer " + credentials.get("token"));
        }
        if (credentials.containsKey("username")) {
            String pair = credentials.get("username") + ":" + credentials.getOrDefault("password", "");
            return Optional.of("Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
        }
        return Optional.empty();
    }

    private static HttpClient client(@Nullable String authority) {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT);
        return authority == null
                ? builder.build()
                : builder.sslContext(trusting(authority)).build();
    }

    private static SSLContext trusting(String pem) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int index = 0;
            for (var certificate : CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))) {
                store.setCertificateEntry("ca-" + index++, certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException broken) {
            throw new IllegalStateException("ca.crt is not a PEM certificate: " + broken.getMessage(), broken);
        }
    }
}
