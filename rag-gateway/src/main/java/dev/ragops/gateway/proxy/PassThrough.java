package dev.ragops.gateway.proxy;

import dev.ragops.gateway.admin.GatewayMetrics;
import dev.ragops.gateway.evidence.Books;
import dev.ragops.gateway.route.Choice.Track;
import dev.ragops.gateway.route.Route;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Hands writes and everything unknown to stable as it comes, byte for byte and once. Only a connection that was never made
 * is tried at another pod: then nothing was written.
 */
final class PassThrough {
    private static final int TRIES = 3;

    private final Books books;
    private final Upstream upstream;
    private final Supplier<String> runtimeToken;
    private final GatewayMetrics metrics;

    PassThrough(Books books, Upstream upstream, Supplier<String> runtimeToken, GatewayMetrics metrics) {
        this.books = books;
        this.upstream = upstream;
        this.runtimeToken = runtimeToken;
        this.metrics = metrics;
    }

    void pass(HttpServerRequest request, HttpServerResponse response) {
        request.pause();
        Optional<Route.Target> stable = books.route().flatMap(Route::stable);
        if (stable.isEmpty()) {
            refuse(request, response, "this gateway has no route to a stable revision yet; ask again");
            return;
        }
        connect(request, response, stable.get().service(), "", TRIES);
    }

    private void connect(
            HttpServerRequest request, HttpServerResponse response, String service, String excluded, int tries) {
        Optional<String> pod = upstream.endpoints().pick(service, excluded);
        if (pod.isEmpty()) {
            refuse(request, response, "no pod of the stable revision is ready; ask again");
            return;
        }
        upstream.client()
                .request(Upstream.options(pod.get(), request.method(), request.uri()))
                .onSuccess(onward -> exchange(request, response, onward)
                        .onComplete(_ -> upstream.endpoints().release(pod.get())))
                .onFailure(_ -> {
                    upstream.endpoints().release(pod.get());
                    if (tries > 1) {
                        connect(request, response, service, pod.get(), tries - 1);
                    } else {
                        refuse(request, response, "no pod of the stable revision takes a connection; ask again");
                    }
                });
    }

    private Future<Void> exchange(HttpServerRequest request, HttpServerResponse response, HttpClientRequest onward) {
        MultiMap headers = Headers.upstream(request, runtimeToken.get());
        onward.headers().addAll(headers);
        if (request.getHeader("content-length") == null && request.getHeader("transfer-encoding") != null) {
            onward.setChunked(true);
        }
        response.closeHandler(_ -> {
            if (!response.ended()) {
                onward.reset();
            }
        });
        boolean hasBody = request.getHeader("content-length") != null || request.getHeader("transfer-encoding") != null;
        if (!hasBody) {
            request.resume();
        }
        return (hasBody ? onward.send(request) : onward.send())
                .compose(answer -> {
                    response.setStatusCode(answer.statusCode());
                    Headers.downstream(answer.headers(), response.headers());
                    response.putHeader("x-ragops-track", Track.STABLE.wireName());
                    String length = answer.getHeader("content-length");
                    if (length != null) {
                        response.putHeader("content-length", length);
                    } else if (answer.statusCode() != 204 && answer.statusCode() != 304) {
                        response.setChunked(true);
                    }
                    metrics.passed(answer.statusCode() < 500);
                    return answer.pipe().endOnFailure(false).to(response);
                })
                .onFailure(_ -> {
                    metrics.passed(false);
                    if (response.headWritten()) {
                        response.reset();
                    } else {
                        Problem.send(
                                response,
                                502,
                                "No answer",
                                "the pod that was asked broke off; whether it wrote is not known");
                    }
                });
    }

    private static void refuse(HttpServerRequest request, HttpServerResponse response, String why) {
        request.resume();
        Problem.send(response, 503, "No pod is ready", why);
    }
}
