package dev.ragops.runtime.http.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ragops.runtime.answer.Question;
import dev.ragops.runtime.http.access.Grant;
import dev.ragops.runtime.trace.Trace;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * One request that may be answered: the contract has let it through, and its caller may ask it.
 *
 * @param body as parsed; a missing node where there is none, or a stream
 * @param parameters of path and query that were given, typed as the contract says
 * @param isShadow a mirrored request, as a gateway with a token has marked it: nobody waits for its answer, and nothing is paid for it
 */
public record Call(
        RoutingContext context,
        JsonNode body,
        Map<String, JsonNode> parameters,
        Grant grant,
        boolean isShadow,
        Trace trace,
        long startNanos) {
    public static final String JSON = "application/json";

    public HttpServerRequest request() {
        return context.request();
    }

    public HttpServerResponse response() {
        return context.response();
    }

    public Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name)).map(JsonNode::asText);
    }

    public int parameter(String name, int otherwise) {
        return Optional.ofNullable(parameters.get(name)).map(JsonNode::asInt).orElse(otherwise);
    }

    /** What the caller says was left when the request came, less what has passed since. Anybody may say so: it only ever shortens. */
    public Duration left() {
        String header = request().getHeader("x-ragops-deadline-ms");
        if (header == null) {
            return Question.UNHURRIED;
        }
        try {
            long millis = Math.min(Long.parseLong(header), Question.UNHURRIED.toMillis());
            return Duration.ofNanos(millis * 1_000_000 - (System.nanoTime() - startNanos));
        } catch (NumberFormatException e) {
            return Question.UNHURRIED;
        }
    }

    /** Runs {@code then} when the answer is out, or nobody waits for it any more; to be called on the event loop. */
    public void whenOver(Runnable then) {
        if (response().ended() || response().closed()) {
            then.run();
        } else {
            // Not a handler of the response: there is room for one, and the request is counted by it.
            context.addEndHandler(_ -> then.run());
        }
    }

    public void json(byte[] body) {
        response().putHeader(HttpHeaders.CONTENT_TYPE, JSON).end(Buffer.buffer(body));
    }

    public void fail(Throwable failure) {
        context.fail(failure);
    }
}
