package dev.ragops.runtime.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ragops.runtime.http.contract.Operation;
import dev.ragops.runtime.http.contract.Problem;
import dev.ragops.runtime.store.StoreException;
import dev.ragops.runtime.trace.Trace;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where a failure becomes an answer, in the words of the shape that was asked in. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private Failures() {}

    /** @param allowed methods of the path, for a 405; empty when there is no such path */
    static void answer(RoutingContext context, String allowed) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        if (response.headWritten()) {
            response.reset();
            return;
        }
        Problem problem = problem(context);
        problem.retryAfterSeconds().ifPresent(seconds -> response.putHeader("retry-after", Integer.toString(seconds)));
        if (problem.isQuota()) {
            response.putHeader("x-ragops-quota", "1");
        }
        switch (problem.status()) {
            case 401 -> response.putHeader("www-authenticate", "Bearer");
            case 405 -> {
                if (!response.headers().contains("allow")) {
                    response.putHeader("allow", allowed);
                }
            }
            case 415 -> response.putHeader("accept-encoding", "gzip, deflate");
            default -> {}
        }
        boolean openAi = Operation.speaksOpenAi(String.valueOf(context.request().path()));
        // A stream that failed before its first event had already said what it would be.
        response.setChunked(false);
        response.headers().remove("content-encoding").remove("cache-control");
        response.setStatusCode(problem.status())
                .putHeader("content-type", openAi ? "application/json" : "application/problem+json")
                .end(openAi ? openAi(problem) : problem.json());
    }

    private static String openAi(Problem problem) {
        String type = switch (problem.status()) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 429 -> "rate_limit_exceeded";
            default -> problem.status() < 500 ? "invalid_request_error" : "server_error";
        };
        ObjectNode body = JSON.createObjectNode();
        body.putObject("error")
                .put("message", problem.detail())
                .put("type", type)
                .put("param", problem.field().orElse(null))
                .putNull("code");
        return body.toString();
    }

    private static Problem problem(RoutingContext context) {
        return switch (context.failure()) {
            case Problem problem -> problem;
            case StoreException store -> Problem.later("Store unavailable", String.valueOf(store.getMessage()));
            case null, default -> byStatus(context);
        };
    }

    private static Problem byStatus(RoutingContext context) {
        String path = context.request().path();
        return switch (context.statusCode()) {
            case 200, 400 -> Problem.of(400, "Bad request", "the request is not valid HTTP for this API");
            case 404 -> Problem.of(404, "Not found", "there is nothing at " + path + "; see /openapi.json");
            case 405 -> Problem.of(405, "Method not allowed", context.request().method() + " is not for " + path);
            case 413 ->
                Problem.of(
                        413,
                        "Too large",
                        "the body is larger than " + Api.limit(String.valueOf(path)) / 1024
                                + " KiB; stream documents to /ingest as application/x-ndjson");
            case 414 -> Problem.of(414, "Too long", "the address is too long");
            default -> {
                // The message of an unknown failure may hold a user's text: its kind and place are enough to find it.
                Throwable failure = context.failure();
                try (Trace.Lines lines = Api.trace(context).inLog()) {
                    LOG.error(
                            "{} {} failed: {} at {}",
                            context.request().method(),
                            context.currentRoute() == null
                                    ? ""
                                    : context.currentRoute().getPath(),
                            failure == null ? "?" : failure.getClass().getName(),
                            failure == null || failure.getStackTrace().length == 0 ? "?" : failure.getStackTrace()[0]);
                }
                yield Problem.of(500, "Internal error", "the request failed here; the log has more");
            }
        };
    }
}
