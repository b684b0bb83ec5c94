package dev.ragops.gateway.proxy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import java.util.function.Consumer;

/** Passes the body of an answer on as it comes, no faster than it is taken. */
final class Relay {
    private static final long LOOK_MILLIS = 1000;

    private final HttpClientResponse from;
    private final HttpServerResponse to;
    private final Consumer<Buffer> glimpse;
    private final Promise<Void> done = Promise.promise();
    private long movedNanos = System.nanoTime();

    private Relay(HttpClientResponse from, HttpServerResponse to, Consumer<Buffer> glimpse) {
        this.from = from;
        this.to = to;
        this.glimpse = glimpse;
    }

    /**
     * Starts; the head must be set on {@code user}.
     *
     * @param begun goes first
     * @param glimpse sees what passes
     * @param stallMillis silence of the pod that is taken for its end
     * @return fails when the pod broke off or fell silent, or the user left
     */
    static Future<Void> pass(
            Vertx vertx,
            HttpClientResponse from,
            Buffer begun,
            UserSide user,
            Consumer<Buffer> glimpse,
            long stallMillis) {
        Relay relay = new Relay(from, user.response(), glimpse);
        user.whenLeft().onSuccess(_ -> relay.done.tryFail("the user left"));
        long timer = vertx.setPeriodic(LOOK_MILLIS, _ -> relay.look(stallMillis));
        relay.start(begun);
        return relay.done.future().onComplete(result -> {
            vertx.cancelTimer(timer);
            if (result.failed()) {
                from.handler(null);
                var _ = from.request().reset();
            }
        });
    }

    private void start(Buffer begun) {
        from.exceptionHandler(done::tryFail);
        from.endHandler(_ -> to.end().onComplete(done));
        from.handler(this::chunk);
        if (begun.length() > 0) {
            chunk(begun);
        }
        if (!to.writeQueueFull()) {
            from.resume();
        }
    }

    private void chunk(Buffer bytes) {
        movedNanos = System.nanoTime();
        glimpse.accept(bytes);
        var _ = to.write(bytes);
        if (to.writeQueueFull()) {
            from.pause();
            to.drainHandler(_ -> {
                movedNanos = System.nanoTime();
                from.resume();
            });
        }
    }

    private void look(long stallMillis) {
        boolean silent = (System.nanoTime() - movedNanos) / 1_000_000 > stallMillis;
        if (silent && !to.writeQueueFull()) {
            done.tryFail("nothing came for " + stallMillis + " ms");
        }
    }
}
