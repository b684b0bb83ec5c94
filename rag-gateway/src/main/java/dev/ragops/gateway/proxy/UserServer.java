package dev.ragops.gateway.proxy;

import dev.ragops.gateway.admin.GatewayMetrics;
import dev.ragops.gateway.evidence.Books;
import dev.ragops.gateway.route.RouteClass;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Supplier;

/** The users' port. */
public final class UserServer {
    /** A question is kept whole so that it can be asked again; nobody's question is longer. */
    private static final int MAX_QUESTION_BYTES = 1 << 20;

    private static final int IDLE_SECONDS = 75;

    private final Vertx vertx;
    private final Retrieval retrieval;
    private final PassThrough passThrough;
    private boolean draining;
    private int underWay;

    public UserServer(
            Vertx vertx, Books books, Upstream upstream, Supplier<String> runtimeToken, GatewayMetrics metrics) {
        this.vertx = vertx;
        this.retrieval = new Retrieval(books, upstream, runtimeToken, metrics);
        this.passThrough = new PassThrough(books, upstream, runtimeToken, metrics);
    }

    public Future<HttpServer> listen(int port) {
        return vertx.createHttpServer(new HttpServerOptions()
                        .setIdleTimeout(IDLE_SECONDS)
                        .setMaxHeaderSize(32 * 1024)
                        .setTcpNoDelay(true)
                        .setHandle100ContinueAutomatically(true))
                .requestHandler(this::handle)
                .listen(port, "0.0.0.0");
    }

    /** From now on every answer asks its client to come back on another connection. */
    public void drain() {
        draining = true;
    }

    public int underWay() {
        return underWay;
    }

    private void handle(HttpServerRequest request) {
        underWay++;
        Once over = new Once(() -> underWay--);
        RouteClass routeClass = RouteClass.of(request.method().name(), String.valueOf(request.path()));
        // Too long to keep, so it cannot be asked again: it goes to stable as it comes.
        switch (isLong(request) ? RouteClass.STABLE_ONLY : routeClass) {
            case RETRIEVAL_READ -> {
                UserSide user = new UserSide(request.response(), draining);
                request.response().endHandler(_ -> over.run());
                request.connection().closeHandler(_ -> over.run());
                read(request, user);
            }
            case STABLE_ONLY -> {
                if (draining) {
                    request.response().putHeader("connection", "close");
                }
                request.response().endHandler(_ -> over.run());
                request.connection().closeHandler(_ -> over.run());
                passThrough.pass(request, request.response());
            }
        }
    }

    private static boolean isLong(HttpServerRequest request) {
        String length = request.getHeader("content-length");
        try {
            return length != null && Long.parseLong(length) > MAX_QUESTION_BYTES;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private void read(HttpServerRequest request, UserSide user) {
        Buffer body = Buffer.buffer();
        boolean[] refused = {false};
        request.handler(chunk -> {
            if (refused[0]) {
                return;
            }
            if (body.length() + chunk.length() > MAX_QUESTION_BYTES) {
                refused[0] = true;
                user.problem(
                        413,
                        "Question too long",
                        "a question of no stated length may have %d bytes; send content-length"
                                .formatted(MAX_QUESTION_BYTES));
                return;
            }
            body.appendBuffer(chunk);
        });
        request.endHandler(_ -> {
            if (!refused[0]) {
                retrieval.answer(request, body, user);
            }
        });
        request.exceptionHandler(_ -> refused[0] = true);
    }

    private static final class Once implements Runnable {
        private final Runnable action;
        private boolean done;

        Once(Runnable action) {
            this.action = action;
        }

        @Override
        public void run() {
            if (!done) {
                done = true;
                action.run();
            }
        }
    }
}
