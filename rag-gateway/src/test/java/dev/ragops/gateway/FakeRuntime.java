package dev.ragops.gateway;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;

/** A pod that does as it is told: answers, fails, breaks off, is slow, is going away. Real sockets throughout. */
final class FakeRuntime {
    /** What it does with a request whose body has come. */
    interface Behaviour {
        void handle(HttpServerRequest request);
    }

    record Seen(String method, String uri, Map<String, String> headers, int bodyBytes) {}

    static final Behaviour RESET = request -> request.connection().close();
    static final Behaviour HALF = request -> {
        var _ = request.response()
                .putHeader("content-length", "1000")
                .write("{\"answer\"")
                .onComplete(_ -> request.connection().close());
    };
    static final Behaviour DRAINING = request -> {
        var _ = request.response()
                .setStatusCode(503)
                .putHeader("connection", "close")
                .end();
    };

    private final HttpServer server;
    private final AtomicInteger broken = new AtomicInteger();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private volatile Behaviour behaviour;

    FakeRuntime(Vertx vertx, Behaviour behaviour) throws Exception {
        this.behaviour = behaviour;
        this.server = vertx.createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> {
                    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
                    request.headers().forEach(entry -> headers.put(entry.getKey(), entry.getValue()));
                    seen.add(new Seen(request.method().name(), request.uri(), headers, body.length()));
                    request.response().closeHandler(_ -> broken.incrementAndGet());
                    this.behaviour.handle(request);
                }))
                .listen(0, "127.0.0.1")
                .await(10, TimeUnit.SECONDS);
    }

    static Behaviour answer(int status, String... documents) {
        return request -> {
            var _ = request.response()
                    .setStatusCode(status)
                    .putHeader("content-type", "application/json")
                    .putHeader("x-ragops-answer-class", "retrieval")
                    .end(sources(documents));
        };
    }

    /** The client's key has used up what it may. */
    static final Behaviour QUOTA = request -> {
        var _ = request.response()
                .setStatusCode(429)
                .putHeader("x-ragops-quota", "1")
                .end();
    };

    static Behaviour after(Vertx vertx, long millis, Behaviour then) {
        return request -> vertx.setTimer(millis, _ -> then.handle(request));
    }

    static Behaviour stream(boolean breaks) {
        return request -> {
            HttpServerResponse response = request.response()
                    .putHeader("content-type", "text/event-stream")
                    .putHeader("x-ragops-answer-class", "generated")
                    .setChunked(true);
            var _ = response.write("data: one\n\n").onComplete(_ -> {
                if (breaks) {
                    request.connection().close();
                } else {
                    response.end("data: two\n\n");
                }
            });
        };
    }

    /** Streams as the runtime does: its sources first. */
    static Behaviour streamOf(String... documents) {
        return request -> {
            var _ = request.response()
                    .putHeader("content-type", "text/event-stream")
                    .putHeader("x-ragops-answer-class", "generated")
                    .end("event: sources\ndata: " + array(documents)
                            + "\n\nevent: delta\ndata: {}\n\nevent: done\ndata: {}\n\n");
        };
    }

    static Behaviour compressed(String... documents) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(sources(documents).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return request -> {
            var _ = request.response().putHeader("content-encoding", "gzip").end(Buffer.buffer(bytes.toByteArray()));
        };
    }

    private static String sources(String... documents) {
        return "{\"sources\":" + array(documents) + "}";
    }

    private static String array(String... documents) {
        StringBuilder sources = new StringBuilder();
        for (String document : documents) {
            sources.append(sources.isEmpty() ? "" : ",")
                    .append("{\"documentId\":\"%s\",\"start\":0,\"end\":9}".formatted(document));
        }
        return "[" + sources + "]";
    }

    void does(Behaviour next) {
        behaviour = next;
    }

    List<Seen> seen() {
        return seen;
    }

    /** How many requests ended by their connection, and not by an answer. */
    int brokenOff() {
        return broken.get();
    }

    String address() {
        return "127.0.0.1:" + server.actualPort();
    }

    void stop() throws Exception {
        server.close().await(10, TimeUnit.SECONDS);
    }
}
