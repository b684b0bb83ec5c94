package dev.ragops.runtime.http.serve;

import dev.ragops.runtime.http.contract.Problem;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.function.Function;

/**
 * Server-sent events of one answer, written from a worker in order; the head goes out with the first. While nothing is said after it, a comment now and then
 * keeps the connection from being taken for dead, by us and by whatever stands between.
 */
public final class Events {
    /** A quarter of the shortest idle time-out that is common in proxies. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private static final Buffer COMMENT = Buffer.buffer(":\n\n");

    private final Context context;
    private final HttpServerResponse response;
    private volatile boolean begun;
    private volatile boolean gone;

    /** To be made on the event loop of the call. */
    public Events(Vertx vertx, Call call, String answerClass) {
        this(vertx, call, answerClass, HEARTBEAT);
    }

    Events(Vertx vertx, Call call, String answerClass, Duration heartbeat) {
        this.context = vertx.getOrCreateContext();
        this.response = call.response();
        long timer = vertx.setPeriodic(heartbeat.toMillis(), _ -> {
            if (begun) {
                write(COMMENT);
            }
        });
        call.whenOver(() -> {
            gone = true;
            vertx.cancelTimer(timer);
        });
        response.setChunked(true)
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                // Compression would hold events back.
                .putHeader(HttpHeaders.CONTENT_ENCODING, HttpHeaders.IDENTITY)
                .putHeader("x-ragops-answer-class", answerClass);
    }

    /**
     * @param name empty for an event without one
     * @throws CancellationException when nobody listens any more, to end what makes the events
     */
    public void send(String name, byte[] json) {
        if (gone) {
            throw new CancellationException("the client went away");
        }
        Buffer event = Buffer.buffer(json.length + 32);
        if (!name.isEmpty()) {
            event.appendString("event: ").appendString(name).appendString("\n");
        }
        event.appendString("data: ").appendBytes(json).appendString("\n\n");
        begun = true;
        context.runOnContext(v -> write(event));
    }

    private void write(Buffer event) {
        if (!gone && !response.ended()) {
            response.write(event);
        }
    }

    public void send(String name, String data) {
        send(name, data.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Tells of a failure: by the status while nothing was sent, else by a last event.
     *
     * @param words makes the data of that event
     */
    public void failed(Call call, Throwable failure, String name, Function<Problem, String> words) {
        if (gone) {
            return;
        }
        if (begun) {
            send(name, words.apply(Problem.later("Broke off", "the answer could not be finished; ask again")));
            end();
        } else {
            call.fail(failure);
        }
    }

    public void end() {
        context.runOnContext(v -> {
            if (!gone && !response.ended()) {
                response.end();
            }
        });
    }
}
