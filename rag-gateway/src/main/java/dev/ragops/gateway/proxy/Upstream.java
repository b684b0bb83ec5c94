package dev.ragops.gateway.proxy;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Asks pods: one try at a time, each with its deadline, and never a failed future. */
public final class Upstream {
    /** Shorter than a runtime keeps an idle connection, so that none is used in the moment it closes. */
    private static final int IDLE_SECONDS = 15;

    /** Answers are kept whole so that a failed one can be replaced; longer ones of a stated length pass as streams. */
    private static final int MAX_ANSWER_BYTES = 4 << 20;

    private static final int CONNECT_TIMEOUT_MILLIS = 1000;

    private final Vertx vertx;
    private final Endpoints endpoints;
    private final HttpClient client;

    public Upstream(Vertx vertx, Endpoints endpoints) {
        this.vertx = vertx;
        this.endpoints = endpoints;
        this.client = vertx.createHttpClient(
                new HttpClientOptions()
                        .setKeepAlive(true)
                        .setKeepAliveTimeout(IDLE_SECONDS)
                        .setConnectTimeout(CONNECT_TIMEOUT_MILLIS)
                        .setTcpNoDelay(true),
                new PoolOptions().setHttp1MaxSize(256).setMaxWaitQueueSize(1024));
    }

    Endpoints endpoints() {
        return endpoints;
    }

    HttpClient client() {
        return client;
    }

    /** A question with its whole body in hand. */
    record Question(HttpMethod method, String uri, MultiMap headers, Buffer body) {}

    /**
     * Tries one pod of a Service.
     *
     * @param excluded a pod that was just tried
     */
    Future<Attempt> ask(String service, String excluded, Question question, long deadlineMillis) {
        long begin = System.nanoTime();
        Optional<String> picked = endpoints.pick(service, excluded);
        if (picked.isEmpty()) {
            return Future.succeededFuture(new Attempt.NoPod(0));
        }
        String pod = picked.get();
        Promise<Attempt> done = Promise.promise();
        AtomicReference<@Nullable HttpClientRequest> under = new AtomicReference<>();
        AtomicReference<@Nullable HttpClientResponse> head = new AtomicReference<>();
        long timer = vertx.setTimer(Math.max(1, deadlineMillis), _ -> {
            boolean untouched = head.get() == null;
            if (done.tryComplete(new Attempt.Broken(
                    pod, "no answer within " + deadlineMillis + " ms", untouched, true, since(begin)))) {
                HttpClientRequest request = under.get();
                if (request != null) {
                    request.reset();
                }
            }
        });
        client.request(options(pod, question))
                .compose(request -> {
                    under.set(request);
                    if (done.future().isComplete()) {
                        // The deadline passed while it waited for a connection: nobody wants the answer any more.
                        return request.reset().compose(_ -> Future.failedFuture("too late"));
                    }
                    request.headers().addAll(question.headers());
                    request.putHeader("x-ragops-deadline-ms", String.valueOf(deadlineMillis));
                    return request.send(question.body());
                })
                .compose(response -> {
                    head.set(response);
                    String type = response.getHeader("content-type");
                    boolean events = type != null && type.startsWith("text/event-stream");
                    if (response.statusCode() == 200 && (events || isLong(response))) {
                        response.pause();
                        return Future.<Attempt>succeededFuture(new Attempt.Streaming(pod, response, since(begin)));
                    }
                    return whole(response)
                            .map(body -> new Attempt.Answered(
                                    pod, response.statusCode(), response.headers(), body, since(begin)));
                })
                .onComplete(result -> {
                    if (result.succeeded()) {
                        done.tryComplete(result.result());
                    } else {
                        done.tryComplete(new Attempt.Broken(
                                pod, String.valueOf(result.cause()), head.get() == null, false, since(begin)));
                    }
                });
        return done.future().onComplete(_ -> {
            vertx.cancelTimer(timer);
            endpoints.release(pod);
        });
    }

    private static boolean isLong(HttpClientResponse response) {
        String length = response.getHeader("content-length");
        return length != null && Long.parseLong(length) > MAX_ANSWER_BYTES;
    }

    /** Collects an answer, up to a size: one runtime must not fill the gateway's memory. */
    private static Future<Buffer> whole(HttpClientResponse response) {
        Promise<Buffer> done = Promise.promise();
        Buffer whole = Buffer.buffer();
        response.exceptionHandler(done::tryFail);
        response.endHandler(_ -> done.tryComplete(whole));
        response.handler(chunk -> {
            if (whole.length() + chunk.length() <= MAX_ANSWER_BYTES) {
                whole.appendBuffer(chunk);
            } else if (done.tryFail("the answer has more than " + MAX_ANSWER_BYTES + " bytes")) {
                var _ = response.request().reset();
            }
        });
        return done.future();
    }

    static RequestOptions options(String pod, Question question) {
        return options(pod, question.method(), question.uri());
    }

    static RequestOptions options(String pod, HttpMethod method, String uri) {
        int colon = pod.lastIndexOf(':');
        return new RequestOptions()
                .setHost(pod.substring(0, colon))
                .setPort(Integer.parseInt(pod.substring(colon + 1)))
                .setMethod(method)
                .setURI(uri);
    }

    private static double since(long beginNanos) {
        return (System.nanoTime() - beginNanos) / 1e6;
    }
}
