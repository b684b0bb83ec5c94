package dev.ragops.operator.rollout.collect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ragops.operator.gateway.EvidenceKeys;
import dev.ragops.operator.gateway.EvidenceToken;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Asks every ready gateway pod of a model for its counters over its second port. */
public final class GatewayEvidence implements EvidenceSource {
    private static final Duration CONNECT = Duration.ofSeconds(1);
    private static final Duration ANSWER = Duration.ofSeconds(2);

    private final Gateways gateways;
    private final Clock clock;
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();

    /** Where a model's gateways are and what they want to see; a port so that this can be tried against any HTTP server. */
    public interface Gateways {
        List<Gateway> ready(Subject subject);

        EvidenceKeys evidenceKeys(Subject subject);
    }

    /** @param address host and port of its second port */
    public record Gateway(String pod, String address) {}

    public GatewayEvidence(Gateways gateways, Clock clock) {
        this.gateways = gateways;
        this.clock = clock;
    }

    @Override
    public List<GatewayAnswer> ask(Subject subject) {
        List<Gateway> ready = gateways.ready(subject);
        if (ready.isEmpty()) {
            return List.of();
        }
        EvidenceKeys keys = gateways.evidenceKeys(subject);
        List<CompletableFuture<GatewayAnswer>> answers =
                ready.stream().map(g -> ask(g, subject, keys)).toList();
        return answers.stream().map(CompletableFuture::join).toList();
    }

    private CompletableFuture<GatewayAnswer> ask(Gateway gateway, Subject subject, EvidenceKeys keys) {
        var answer = send(gateway, subject, keys.current());
        // While keys rotate a gateway may still want the one before.
        var accepted = keys.previous().isEmpty()
                ? answer
                : answer.thenCompose(response -> response.statusCode() == HttpURLConnection.HTTP_UNAUTHORIZED
                        ? send(gateway, subject, keys.previous().get())
                        : CompletableFuture.completedFuture(response));
        // The client's own time-out ends with the headers.
        return accepted.orTimeout(ANSWER.toMillis(), TimeUnit.MILLISECONDS).handle((response, failure) -> {
            if (failure != null) {
                return new GatewayAnswer.Unreachable(gateway.pod(), String.valueOf(cause(failure)));
            }
            return read(gateway, subject.generation(), response);
        });
    }

    private CompletableFuture<HttpResponse<String>> send(Gateway gateway, Subject subject, byte[] key) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + gateway.address() + "/-/evidence?generation=" + subject.generation()))
                .timeout(ANSWER)
                .header("Authorization", "Bearer " + EvidenceToken.of(key, subject.modelUid(), clock.instant()))
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    private GatewayAnswer read(Gateway gateway, long generation, HttpResponse<String> response) {
        return switch (response.statusCode()) {
            case 200 -> parse(gateway, generation, response.body());
            case 404 -> new GatewayAnswer.Unaware(gateway.pod());
            default -> new GatewayAnswer.Unreachable(gateway.pod(), "HTTP " + response.statusCode());
        };
    }

    private GatewayAnswer parse(Gateway gateway, long generation, String body) {
        try {
            EvidenceDocument document = json.readValue(body, EvidenceDocument.class);
            if (document.process() == null || document.generation() != generation) {
                return new GatewayAnswer.Unreachable(gateway.pod(), "answered for another generation");
            }
            return new GatewayAnswer.Counted(gateway.pod(), document.process(), document.tally(), document.ejection());
        } catch (JsonProcessingException unreadable) {
            return new GatewayAnswer.Unreachable(gateway.pod(), "unreadable evidence");
        }
    }

    private static Throwable cause(Throwable failure) {
        return failure.getCause() instanceof IOException io ? io : failure;
    }
}
