package dev.ragops.gateway.proxy;

import dev.ragops.gateway.admin.GatewayMetrics;
import dev.ragops.gateway.evidence.Books;
import dev.ragops.gateway.route.Choice.Track;
import dev.ragops.gateway.route.Route;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Hands writes and everything unknown to stable, byte for byte and once. Only where nothing was written is another pod asked: the
 * connection was never made, or the pod said that it is going away.
 */
final class PassThrough {
    private static final int TRIES = 3;
    /** An upload that stands still for this long has no client any more. */
    private static final long STALL_MILLIS = 30_000;
    /** A pod may work on a write for as long as the connection lives. */
    private static final long NO_STALL = Long.MAX_VALUE;

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

    /** @param body in hand, so that it can be sent again; empty where it is still to come */
    void pass(HttpServerRequest request, UserSide user, Optional<Buffer> body) {
        Optional<Route.Target> stable = books.route().flatMap(Route::stable);
        Passage passage = new Passage(request, user, body);
        if (stable.isEmpty()) {
            passage.refuse("this gateway has no route to a stable revision yet; ask again");
            return;
        }
        passage.connect(stable.get().service(), "", TRIES);
    }

    /** One request on its way. */
    private final class Passage {
        private final HttpServerRequest request;
        private final UserSide user;
        private final Optional<Buffer> body;

        Passage(HttpServerRequest request, UserSide user, Optional<Buffer> body) {
            this.request = request;
            this.user = user;
            this.body = body;
        }

        void connect(String service, String excluded, int tries) {
            Endpoints endpoints = upstream.endpoints();
            Optional<String> picked =
                    endpoints.pick(service, excluded, Endpoints.Choice.ANY, System.currentTimeMillis());
            if (picked.isEmpty()) {
                refuse("no pod of the stable revision is ready; ask again");
                return;
            }
            String pod = picked.get();
            upstream.connect(pod, request.method(), Headers.target(request))
                    .onSuccess(onward -> exchange(onward, pod, service, tries))
                    .onFailure(_ -> {
                        endpoints.failed(pod, System.currentTimeMillis());
                        endpoints.release(pod);
                        if (user.hasLeft()) {
                            return;
                        }
                        if (tries > 1) {
                            connect(service, pod, tries - 1);
                        } else {
                            refuse("no pod of the stable revision takes a connection; ask again");
                        }
                    });
        }

        private void exchange(HttpClientRequest onward, String pod, String service, int tries) {
            if (user.hasLeft()) {
                upstream.endpoints().release(pod);
                var _ = onward.reset();
                return;
            }
            onward.headers().addAll(Headers.upstream(request, runtimeToken.get()));
            user.whenLeft().onSuccess(_ -> onward.reset());
            send(onward)
                    .onSuccess(answer -> {
                        upstream.endpoints().answered(pod, System.currentTimeMillis());
                        boolean draining = Attempt.Answered.isDraining(answer.statusCode(), answer.headers());
                        if (draining && body.isPresent() && tries > 1) {
                            upstream.endpoints().failed(pod, System.currentTimeMillis());
                            upstream.endpoints().release(pod);
                            var _ = onward.reset();
                            connect(service, pod, tries - 1);
                        } else {
                            answer.end().onComplete(_ -> upstream.endpoints().release(pod));
                            answer(answer);
                        }
                    })
                    .onFailure(_ -> {
                        upstream.endpoints().release(pod);
                        metrics.passed(false);
                        Problem.sendAndClose(
                                request,
                                502,
                                "No answer",
                                "the pod that was asked broke off; whether it wrote is not known");
                    });
        }

        private Future<HttpClientResponse> send(HttpClientRequest onward) {
            if (body.isEmpty()) {
                return stream(onward);
            }
            // A GET has no body, which is not the same as an empty one.
            boolean none = body.get().length() == 0
                    && Headers.length(request.headers()).isEmpty();
            return none ? onward.send() : onward.send(body.get());
        }

        private Future<HttpClientResponse> stream(HttpClientRequest onward) {
            if (Headers.length(request.headers()).isEmpty()) {
                onward.setChunked(true);
            }
            Vertx vertx = upstream.vertx();
            long[] seen = {-1};
            long timer = vertx.setPeriodic(STALL_MILLIS, _ -> {
                if (!request.isEnded() && !onward.writeQueueFull() && request.bytesRead() == seen[0]) {
                    Problem.sendAndClose(
                            request, 408, "Too slow", "nothing of the body came for %d ms".formatted(STALL_MILLIS));
                    var _ = onward.reset();
                }
                seen[0] = request.bytesRead();
            });
            return onward.send(request).onComplete(_ -> vertx.cancelTimer(timer));
        }

        private void answer(HttpClientResponse answer) {
            MultiMap headers =
                    user.response().setStatusCode(answer.statusCode()).headers();
            Headers.downstream(answer.headers(), headers);
            user.mark(Track.STABLE, false, false);
            String length = answer.getHeader("content-length");
            if (length != null) {
                headers.set("content-length", length);
            } else if (answer.statusCode() != 204 && answer.statusCode() != 304) {
                user.response().setChunked(true);
            }
            Relay.pass(upstream.vertx(), answer, Buffer.buffer(0), user, _ -> {}, NO_STALL)
                    .onComplete(result -> {
                        metrics.passed(result.succeeded() && answer.statusCode() < 500);
                        if (result.failed()) {
                            user.breakOff();
                        }
                    });
        }

        private void refuse(String why) {
            request.resume();
            metrics.passed(false);
            user.problem(503, "No pod is ready", why);
        }
    }
}
