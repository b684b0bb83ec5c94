package dev.ragops.runtime.http;

import dev.ragops.runtime.answer.Answer;
import dev.ragops.runtime.answer.Answerer;
import dev.ragops.runtime.answer.Question;
import dev.ragops.runtime.observe.RuntimeMetrics;
import dev.ragops.runtime.search.SearchResult;
import dev.ragops.runtime.search.Searcher;
import dev.ragops.runtime.search.View;
import dev.ragops.runtime.view.Follower;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** The API: routes, who may call them, and how a request becomes an answer. */
public final class RuntimeServer implements AutoCloseable {
    private static final long MAX_BODY = 10L << 20;
    private static final Duration SEQUENCE_WAIT = Duration.ofSeconds(5);
    private static final String JSON = "application/json";

    private final Vertx vertx;
    private final Follower follower;
    private final Searcher searcher;
    private final Answerer answerer;
    private final int defaultTopK;
    private final Identity identity;
    private final Tokens tokens;
    private final RuntimeMetrics metrics;
    private final Workers readers;
    private final DocumentRoutes documents;
    private final HealthRoutes health;
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean draining;
    private Optional<HttpServer> server = Optional.empty();

    public RuntimeServer(
            Vertx vertx,
            Follower follower,
            Searcher searcher,
            Answerer answerer,
            int defaultTopK,
            Identity identity,
            Tokens tokens,
            RuntimeMetrics metrics,
            int concurrency) {
        this.vertx = vertx;
        this.follower = follower;
        this.searcher = searcher;
        this.answerer = answerer;
        this.defaultTopK = defaultTopK;
        this.identity = identity;
        this.tokens = tokens;
        this.metrics = metrics;
        // A generated answer waits for another server most of its time; an extractive one keeps a core busy.
        int threads = answerer.generates() ? concurrency * 16 : concurrency;
        this.readers = new Workers(vertx, "query", threads, 64 * Math.max(1, concurrency), metrics);
        this.documents = new DocumentRoutes(vertx, follower, metrics, new Workers(vertx, "write", 2, 64, metrics));
        this.health = new HealthRoutes(follower, identity, () -> draining);
    }

    /** @return the port, once it is open */
    public Future<Integer> listen(String host, int port) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(host)
                .setPort(port)
                .setCompressionSupported(true)
                .setIdleTimeout(75)
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setMaxInitialLineLength(8192)
                .setMaxHeaderSize(32 * 1024);
        HttpServer http = vertx.createHttpServer(options).requestHandler(router());
        server = Optional.of(http);
        return http.listen().map(HttpServer::actualPort);
    }

    private Router router() {
        Router router = Router.router(vertx);
        router.route().handler(this::account);
        health.mount(router);
        router.get("/metrics").handler(this::metrics);
        router.get("/openapi.json").handler(this::openApi);
        router.route().handler(this::authorize);
        BodyHandler body = BodyHandler.create(false).setBodyLimit(MAX_BODY);
        router.post("/query").handler(RuntimeServer::wantsJson);
        router.post("/query").handler(body).handler(this::query);
        documents.mount(router, body);
        for (int status : new int[] {400, 401, 404, 405, 406, 413, 414, 415, 500, 503}) {
            router.errorHandler(status, Failures::answer);
        }
        return router;
    }

    /** Counts every request once, whatever becomes of it. */
    private void account(RoutingContext context) {
        long began = System.nanoTime();
        inFlight.incrementAndGet();
        if (!identity.revision().isEmpty()) {
            context.response().putHeader("x-ragops-revision", identity.revision());
            context.response().putHeader("x-ragops-version", identity.version());
        }
        // HTTP/2 knows no such header; its connections are closed by the server.
        if (draining && context.request().version() != HttpVersion.HTTP_2) {
            context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        context.addEndHandler(done -> {
            inFlight.decrementAndGet();
            if (context.request().getHeader("x-ragops-shadow") == null) {
                String route = routeOf(context);
                metrics.requests
                        .labels(route, Integer.toString(context.response().getStatusCode()))
                        .inc();
                metrics.seconds.labels(route).observe((System.nanoTime() - began) / 1e9);
            }
        });
        context.next();
    }

    /** A closed set of labels: a path that we do not know is one of them. */
    private static String routeOf(RoutingContext context) {
        String path = String.valueOf(context.request().path());
        return switch (path) {
            case "/query", "/ingest", "/metrics", "/openapi.json" -> path;
            default -> path.startsWith("/documents/") ? "/documents" : path.startsWith("/health") ? "/health" : "other";
        };
    }

    private void authorize(RoutingContext context) {
        String authorization = context.request().getHeader(HttpHeaders.AUTHORIZATION);
        if (tokens.allows(authorization == null ? "" : authorization)) {
            context.next();
        } else {
            context.response().putHeader("www-authenticate", "Bearer");
            context.fail(
                    Problem.of(401, "Unauthorized", "this runtime wants the token of its RagModel as bearer token"));
        }
    }

    static void wantsJson(RoutingContext context) {
        String type = context.request().getHeader(HttpHeaders.CONTENT_TYPE);
        if (context.request().method() == HttpMethod.POST
                && (type == null
                        || !type.strip().toLowerCase(java.util.Locale.ROOT).startsWith(JSON))) {
            context.fail(Problem.of(415, "Unsupported media type", "send content-type: " + JSON));
        } else {
            context.next();
        }
    }

    private void query(RoutingContext context) {
        QueryRequest request = QueryRequest.parse(bytes(context), defaultTopK);
        boolean shadow = context.request().getHeader("x-ragops-shadow") != null;
        long deadline = deadline(context);
        if (!follower.isReady()) {
            throw Problem.later("Not ready", "documents are being indexed; see /health");
        }
        view(request)
                .compose(view -> readers.run(() -> {
                    if (System.nanoTime() > deadline) {
                        throw Problem.later("Deadline passed", "the request waited longer than its deadline");
                    }
                    SearchResult result = searcher.search(view, request.search());
                    Answer answer = answerer.answer(
                            new Question(request.search().question(), result.hits(), shadow, left(deadline)));
                    if (!shadow) {
                        count(result, answer);
                    }
                    return new Reply(answer, Replies.query(answer, result, identity, request.explain()));
                }))
                .onSuccess(reply -> context.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                        .putHeader("x-ragops-answer-class", answerer.generates() ? "generated" : "retrieval")
                        .end(io.vertx.core.buffer.Buffer.buffer(reply.body())))
                .onFailure(context::fail);
    }

    private record Reply(Answer answer, byte[] body) {}

    private Future<View> view(QueryRequest request) {
        if (request.minSequence().isEmpty()) {
            return Future.succeededFuture(follower.current());
        }
        return Future.fromCompletionStage(
                        follower.reached(request.minSequence().get())
                                .orTimeout(SEQUENCE_WAIT.toMillis(), TimeUnit.MILLISECONDS),
                        vertx.getOrCreateContext())
                .recover(failure -> failure instanceof TimeoutException
                                || failure.getCause() instanceof TimeoutException
                        ? Future.failedFuture(Problem.later(
                                "Not there yet",
                                "the view is at sequence " + follower.current().sequence() + ", minSequence asks for "
                                        + request.minSequence().get()))
                        : Future.failedFuture(failure));
    }

    private void count(SearchResult result, Answer answer) {
        metrics.embedSeconds.observe(result.embedNanos() / 1e9);
        metrics.searchSeconds.observe(result.searchNanos() / 1e9);
        metrics.answered(answer);
    }

    /** What the gateway says is left, on this machine's clock. */
    private static long deadline(RoutingContext context) {
        String left = context.request().getHeader("x-ragops-deadline-ms");
        try {
            return left == null ? Long.MAX_VALUE : System.nanoTime() + Long.parseLong(left) * 1_000_000;
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    private static Duration left(long deadline) {
        return deadline == Long.MAX_VALUE ? Question.UNHURRIED : Duration.ofNanos(deadline - System.nanoTime());
    }

    static byte[] bytes(RoutingContext context) {
        var buffer = context.body().buffer();
        return buffer == null ? new byte[0] : buffer.getBytes();
    }

    private void metrics(RoutingContext context) {
        String type = io.prometheus.client.exporter.common.TextFormat.chooseContentType(
                context.request().getHeader(HttpHeaders.ACCEPT));
        context.response().putHeader(HttpHeaders.CONTENT_TYPE, type).end(metrics.render(type));
    }

    private void openApi(RoutingContext context) {
        context.response().putHeader(HttpHeaders.CONTENT_TYPE, JSON).end(OpenApi.document());
    }

    /**
     * Turns unready, lets clients go, and waits for the answers that are under way.
     *
     * @return whether all of them were given in time
     */
    public boolean drain(Duration patience) throws InterruptedException {
        draining = true;
        long until = System.nanoTime() + patience.toNanos();
        while (inFlight.get() > 0 && System.nanoTime() < until) {
            Thread.sleep(20);
        }
        return inFlight.get() == 0;
    }

    @Override
    public void close() {
        server.ifPresent(
                http -> http.close().toCompletionStage().toCompletableFuture().join());
        readers.close();
        documents.close();
    }
}
