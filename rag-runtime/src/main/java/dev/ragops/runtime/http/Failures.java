package dev.ragops.runtime.http;

import dev.ragops.runtime.store.StoreException;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where a failure becomes an answer. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    static void answer(RoutingContext context) {
        if (context.response().ended() || context.response().closed()) {
            return;
        }
        if (context.response().headWritten()) {
            context.response().reset();
            return;
        }
        Problem problem = problem(context);
        problem.retryAfterSeconds()
                .ifPresent(seconds -> context.response().putHeader("retry-after", Integer.toString(seconds)));
        context.response()
                .setStatusCode(problem.status())
                .putHeader("content-type", "application/problem+json")
                .end(problem.json());
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
            case 400 -> Problem.of(400, "Bad request", "the request is not valid HTTP for this API");
            case 404 -> Problem.of(404, "Not found", "there is nothing at " + path + "; see /openapi.json");
            case 405 -> Problem.of(405, "Method not allowed", context.request().method() + " is not for " + path);
            case 413 ->
                Problem.of(
                        413, "Too large", "the body is larger than 10 MiB; stream documents as application/x-ndjson");
            case 414 -> Problem.of(414, "Too long", "the address is too long");
            default -> {
                // The message of an unknown failure may hold a user's text: its kind and place are enough to find it.
                Throwable failure = context.failure();
                LOG.error(
                        "{} {} failed: {} at {}",
                        context.request().method(),
                        context.currentRoute() == null
                                ? ""
                                : context.currentRoute().getPath(),
                        failure == null ? "?" : failure.getClass().getName(),
                        failure == null || failure.getStackTrace().length == 0 ? "?" : failure.getStackTrace()[0]);
                yield Problem.of(500, "Internal error", "the request failed here; the log has more");
            }
        };
    }
}
