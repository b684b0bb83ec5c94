package dev.ragops.gateway.proxy;

import io.vertx.core.Future;
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
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Asks pods: one try at a time, each with its deadline, and never a failed future. */
public final class Upstream {
    /** Shorter than a runtime keeps an idle connection, so that none is used in the moment it closes. */
    private static final int IDLE_SECONDS = 15;

    /** Answers are kept whole so that a failed one can be replaced; longer ones pass as streams. */
    private static final int MAX_KEPT_BYTES = 4 << 20;

    private static final int CONNECT_TIMEOUT_MILLIS = 1000;

    private final Vertx vertx;
    private final Endpoints endpoints;
    private final HttpClient reads;
    private final HttpClient writes;

    public Upstream(Vertx vertx, Endpoints endpoints) {
        this.vertx = vertx;
        this.endpoints = endpoints;
        this.reads = client(vertx, 256, 1024);
        // Apart, so that slow uploads cannot take the connections that questions need.
        this.writes = client(vertx, 64, 256);
    }

    private static HttpClient client(Vertx vertx, int connectionsOfAPod, int waiting) {
        return vertx.createHttpClient(
                new HttpClientOptions()
                        .setKeepAlive(true)
                        .setKeepAliveTimeout(IDLE_SECONDS)
                        .setConnectTimeout(CONNECT_TIMEOUT_MILLIS)
                        .setTcpNoDelay(true),
                new PoolOptions().setHttp1MaxSize(connectionsOfAPod).setMaxWaitQueueSize(waiting));
    }

    Vertx vertx() {
        return vertx;
    }

    Endpoints endpoints() {
        return endpoints;
    }

    /** A connection to a pod for a request that is passed on as it comes; whoever gets it tells {@link #endpoints} how it went. */
    Future<HttpClientRequest> connect(String pod, HttpMethod method, String uri) {
        return writes.request(options(pod, method, uri));
    }

    /**
     * Tries one pod of a Service.
     *
     * @param excluded a pod that was just tried
     * @param among which pods come into question
     * @param room what the answer may take; without, it passes as a stream
     * @param left completes when who asked is not there any more
     */
    Future<Attempt> ask(
            String service,
            String excluded,
            Endpoints.Choice among,
            Question question,
            long deadlineMillis,
            Room.Lease room,
            Future<Void> left) {
        return endpoints
                .pick(service, excluded, among, System.currentTimeMillis())
                .map(pod -> new Try(pod, question, Math.max(1, deadlineMillis), room).run(left))
                .orElseGet(() -> Future.succeededFuture(new Attempt.NoPod(0)));
    }

    /** One request to one pod, from picking it to the end of its answer or of our patience. */
    private final class Try {
        private final String pod;
        private final Question question;
        private final long deadlineMillis;
        private final Room.Lease room;
        private final long beginMillis = System.currentTimeMillis();
        private final long beginNanos = System.nanoTime();
        private final Promise<Attempt> done = Promise.promise();
        private @Nullable HttpClientRequest request;
        private @Nullable HttpClientResponse head;
        private Buffer body = Buffer.buffer(0);

        Try(String pod, Question question, long deadlineMillis, Room.Lease room) {
            this.pod = pod;
            this.question = question;
            this.deadlineMillis = deadlineMillis;
            this.room = room;
        }

        Future<Attempt> run(Future<Void> left) {
            long timer = vertx.setTimer(deadlineMillis, _ -> timedOut());
            left.onSuccess(_ -> end(new Attempt.Abandoned(pod, millis())));
            reads.request(options(pod, question.method(), question.uri()))
                    .compose(this::send)
                    .onSuccess(this::take)
                    .onFailure(this::broken);
            return done.future().onSuccess(attempt -> {
                vertx.cancelTimer(timer);
                if (attempt instanceof Attempt.Streaming streaming) {
                    streaming.response().end().onComplete(_ -> endpoints.release(pod));
                } else {
                    endpoints.release(pod);
                }
            });
        }

        private Future<HttpClientResponse> send(HttpClientRequest made) {
            request = made;
            if (done.future().isComplete()) {
                // Ended while it waited for a connection: nobody wants the answer any more.
                return made.reset().compose(_ -> Future.failedFuture("too late"));
            }
            made.headers().addAll(question.headers());
            made.putHeader("x-ragops-deadline-ms", String.valueOf(deadlineMillis));
            return made.send(question.body());
        }

        private void take(HttpClientResponse response) {
            head = response;
            endpoints.answered(pod, System.currentTimeMillis());
            String type = response.getHeader("content-type");
            boolean events = type != null && type.startsWith("text/event-stream");
            long stated = Headers.length(response.headers()).orElse(0);
            boolean keepable = stated <= MAX_KEPT_BYTES && room.take(stated);
            if (response.statusCode() == 200 && (events || !keepable)) {
                stream();
                return;
            }
            body = Buffer.buffer((int) Math.min(stated, MAX_KEPT_BYTES));
            response.exceptionHandler(this::broken);
            response.endHandler(_ -> {
                Attempt.Answered answered =
                        new Attempt.Answered(pod, response.statusCode(), response.headers(), body, millis());
                if (answered.isDraining()) {
                    endpoints.failed(pod, System.currentTimeMillis());
                }
                done.tryComplete(answered);
            });
            response.handler(chunk -> collect(chunk, stated > 0));
        }

        private void collect(Buffer chunk, boolean reserved) {
            body.appendBuffer(chunk);
            boolean tooLong = body.length() > MAX_KEPT_BYTES || !(reserved || room.take(chunk.length()));
            if (tooLong && !done.future().isComplete()) {
                stream();
            }
        }

        private void stream() {
            HttpClientResponse response = Objects.requireNonNull(head);
            response.pause();
            // Until somebody takes it, its end is nobody's failure.
            response.handler(null).endHandler(null).exceptionHandler(_ -> {});
            done.tryComplete(new Attempt.Streaming(pod, response, body, millis()));
        }

        private void broken(Throwable cause) {
            boolean refused = cause instanceof ConnectException || cause instanceof NoRouteToHostException;
            if (request == null && refused) {
                if (done.tryComplete(new Attempt.Refused(pod, millis()))) {
                    endpoints.refused(pod, System.currentTimeMillis());
                }
                return;
            }
            if (!done.future().isComplete() && head == null) {
                endpoints.failed(pod, System.currentTimeMillis());
            }
            done.tryComplete(new Attempt.Broken(pod, String.valueOf(cause), head == null, false, millis()));
        }

        private void timedOut() {
            if (!done.future().isComplete() && head == null) {
                endpoints.timedOut(pod, beginMillis, System.currentTimeMillis());
            }
            end(new Attempt.Broken(pod, "no answer within " + deadlineMillis + " ms", head == null, true, millis()));
        }

        private void end(Attempt attempt) {
            if (done.tryComplete(attempt) && request != null) {
                var _ = request.reset();
            }
        }

        private double millis() {
            return (System.nanoTime() - beginNanos) / 1e6;
        }
    }

    private static RequestOptions options(String pod, HttpMethod method, String uri) {
        int colon = pod.lastIndexOf(':');
        return new RequestOptions()
                .setHost(pod.substring(0, colon))
                .setPort(Integer.parseInt(pod.substring(colon + 1)))
                .setMethod(method)
                .setURI(uri);
    }
}
