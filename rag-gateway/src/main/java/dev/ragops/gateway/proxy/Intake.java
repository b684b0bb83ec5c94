package dev.ragops.gateway.proxy;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;

/**
 * Takes a body in whole, within bounds of size, memory and time, before any pod is asked: a client that sends a byte a second
 * costs a connection of the gateway and nothing else.
 */
final class Intake {
    /** Longer ones are not kept, and so not asked again. */
    static final int MAX_BYTES = 1 << 20;

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final UserSide user;
    private final Consumer<Buffer> whole;
    private final boolean reserved;
    private final Buffer body;
    private boolean refused;

    private Intake(Vertx vertx, HttpServerRequest request, UserSide user, boolean reserved, Consumer<Buffer> whole) {
        this.vertx = vertx;
        this.request = request;
        this.user = user;
        this.reserved = reserved;
        this.whole = whole;
        this.body =
                Buffer.buffer(reserved ? (int) Headers.length(request.headers()).orElse(0) : 0);
    }

    /**
     * Reads.
     *
     * @param reserved whether the stated length has its room already
     * @param withinMillis the whole body must be there by then
     */
    static void read(
            Vertx vertx,
            HttpServerRequest request,
            UserSide user,
            boolean reserved,
            long withinMillis,
            Consumer<Buffer> whole) {
        new Intake(vertx, request, user, reserved, whole).start(withinMillis);
    }

    private void start(long withinMillis) {
        long timer = vertx.setTimer(withinMillis, _ -> tooSlow(withinMillis));
        user.whenLeft().onSuccess(_ -> vertx.cancelTimer(timer));
        request.handler(this::chunk);
        request.exceptionHandler(_ -> refused = true);
        request.endHandler(_ -> {
            vertx.cancelTimer(timer);
            if (!refused) {
                user.asked();
                whole.accept(body);
            }
        });
    }

    private void chunk(Buffer chunk) {
        if (refused) {
            return;
        }
        if (body.length() + chunk.length() > MAX_BYTES) {
            refuse(
                    413,
                    "Body too long",
                    "a body of no stated length may have %d bytes here; send content-length".formatted(MAX_BYTES));
        } else if (!reserved && !user.room().take(chunk.length())) {
            refuse(503, "No room", "too many long bodies of no stated length at once; ask again");
        } else {
            body.appendBuffer(chunk);
        }
    }

    /** The rest is read and dropped, so that the client gets to see why; but not for ever. */
    private void refuse(int status, String title, String detail) {
        refused = true;
        user.problem(status, title, detail);
    }

    private void tooSlow(long withinMillis) {
        refused = true;
        if (user.isAnswerable()) {
            Problem.sendAndClose(
                    request, 408, "Too slow", "the body was not there %d ms after its head".formatted(withinMillis));
        } else {
            var _ = request.connection().close();
        }
    }
}
