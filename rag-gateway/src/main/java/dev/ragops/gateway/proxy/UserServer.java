package dev.ragops.gateway.proxy;

import dev.ragops.gateway.admin.GatewayMetrics;
import dev.ragops.gateway.evidence.Books;
import dev.ragops.gateway.route.Route;
import dev.ragops.gateway.route.RouteClass;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The users' port: lets in what is HTTP/1.1 and no more than there is room for, and sends each request its way. */
public final class UserServer {
    private static final Logger LOG = Logger.getLogger(UserServer.class.getName());
    /** A connection on which nothing moves, in a request or out of it. Ingest may work for minutes before its first byte. */
    private static final int SILENT_SECONDS = 600;

    private static final int MAX_HEAD_BYTES = 16 * 1024;
    private static final int MAX_LINE_BYTES = 8 * 1024;
    private static final int MAX_CONNECTIONS = 1024;
    /** Each keeps buffers: a bound on memory, far above what one event loop answers at a time. */
    private static final int MAX_UNDER_WAY = 512;
    /** Writes are taken in whole up to here; longer ones pass as they come. */
    private static final int MAX_KEPT_WRITE_BYTES = 256 * 1024;

    private static final long SWEEP_MILLIS = 1000;
    private static final long DEFAULT_MILLIS = 10_000;

    private final Vertx vertx;
    private final Books books;
    private final GatewayMetrics metrics;
    private final Retrieval retrieval;
    private final PassThrough passThrough;
    private final Visitors visitors = new Visitors(MAX_CONNECTIONS);
    /** A quarter of the heap: questions and answers in full, with what else they drag along. */
    private final Room room = new Room(Runtime.getRuntime().maxMemory() / 4);

    private boolean draining;
    private int underWay;

    public UserServer(
            Vertx vertx, Books books, Upstream upstream, Supplier<String> runtimeToken, GatewayMetrics metrics) {
        this.vertx = vertx;
        this.books = books;
        this.metrics = metrics;
        this.retrieval = new Retrieval(upstream, new Ledger(books, metrics), room, runtimeToken);
        this.passThrough = new PassThrough(books, upstream, runtimeToken, metrics);
    }

    public Future<HttpServer> listen(int port) {
        vertx.setPeriodic(SWEEP_MILLIS, _ -> {
            visitors.sweep(System.currentTimeMillis());
            metrics.load(visitors.count(), underWay, room.taken());
        });
        return vertx.createHttpServer(new HttpServerOptions()
                        .setHttp2ClearTextEnabled(false)
                        .setIdleTimeout(SILENT_SECONDS)
                        .setMaxHeaderSize(MAX_HEAD_BYTES)
                        .setMaxInitialLineLength(MAX_LINE_BYTES)
                        .setTcpNoDelay(true)
                        .setHandle100ContinueAutomatically(true))
                .connectionHandler(connection -> visitors.came(connection, System.currentTimeMillis()))
                .invalidRequestHandler(this::refuseInvalid)
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
        if (visitors.isLeaving(request.connection())) {
            return;
        }
        if (Headers.asksToClose(request.headers())) {
            visitors.leaves(request.connection());
        }
        underWay++;
        visitors.asks(request.connection());
        UserSide user = new UserSide(request, room.lease(), draining, () -> {
            underWay--;
            visitors.isServed(request.connection(), System.currentTimeMillis());
        });
        try {
            take(request, user);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "a request of a shape nobody thought of", e);
            Problem.sendAndClose(request, 500, "Not understood", "this request cannot be handled");
        }
    }

    private void take(HttpServerRequest request, UserSide user) {
        if (underWay > MAX_UNDER_WAY) {
            metrics.refused();
            user.problem(503, "Too many requests at once", "this gateway has its hands full; ask again");
            return;
        }
        String encoding = request.getHeader("transfer-encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("chunked")) {
            // Whoever stands before us may read another length out of it, and with it another next request.
            refuse(request, 501, "Unknown transfer encoding", "only chunked is known here: " + encoding);
            return;
        }
        String path = request.path();
        if (request.method() == HttpMethod.CONNECT || request.method() == HttpMethod.TRACE || path == null) {
            refuse(request, 501, "No such thing here", "this is no open proxy");
            return;
        }
        RouteClass routeClass = RouteClass.of(request.method().name(), path);
        OptionalLong stated = Headers.length(request.headers());
        long mayKeep = routeClass == RouteClass.RETRIEVAL_READ ? Intake.MAX_BYTES : MAX_KEPT_WRITE_BYTES;
        long length = encoding == null ? stated.orElse(0) : 0;
        boolean kept = length <= mayKeep && user.room().take(length);
        long withinMillis = books.route().map(Route::requestTimeoutMillis).orElse(DEFAULT_MILLIS);
        switch (routeClass) {
            case RETRIEVAL_READ -> {
                if (kept) {
                    Intake.read(
                            vertx,
                            request,
                            user,
                            encoding == null,
                            withinMillis,
                            body -> retrieval.answer(request, RouteClass.kind(path), body, user));
                } else {
                    // Cannot be kept, so it cannot be asked again.
                    stream(request, user);
                }
            }
            case STABLE_ONLY -> {
                if (kept && encoding == null) {
                    Intake.read(
                            vertx,
                            request,
                            user,
                            true,
                            Math.max(withinMillis, DEFAULT_MILLIS),
                            body -> passThrough.pass(request, user, Optional.of(body)));
                } else {
                    stream(request, user);
                }
            }
        }
    }

    private void stream(HttpServerRequest request, UserSide user) {
        request.pause();
        passThrough.pass(request, user, Optional.empty());
    }

    /** Nothing that may stand behind it on its connection is looked at. */
    private void refuse(HttpServerRequest request, int status, String title, String detail) {
        visitors.leaves(request.connection());
        Problem.sendAndClose(request, status, title, detail);
    }

    /** What is no HTTP gets an answer that is, and the connection is closed: nobody knows where a next request would begin. */
    private void refuseInvalid(HttpServerRequest request) {
        if (visitors.isLeaving(request.connection())) {
            return;
        }
        Throwable cause = request.decoderResult().cause();
        String name = cause == null ? "" : cause.getClass().getSimpleName();
        switch (name) {
            case "TooLongHttpLineException" ->
                refuse(request, 414, "Address too long", "the first line may have %d bytes".formatted(MAX_LINE_BYTES));
            case "TooLongHttpHeaderException" ->
                refuse(request, 431, "Headers too long", "all headers may have %d bytes".formatted(MAX_HEAD_BYTES));
            default ->
                refuse(
                        request,
                        400,
                        "Not HTTP",
                        "the request cannot be read: " + (cause == null ? "" : cause.getMessage()));
        }
    }
}
