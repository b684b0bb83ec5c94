package dev.ragops.runtime.http;

import dev.ragops.runtime.config.AnswerConfig;
import dev.ragops.runtime.http.access.Door;
import dev.ragops.runtime.http.contract.Contract;
import dev.ragops.runtime.http.kaito.KaitoRoutes;
import dev.ragops.runtime.http.openai.ChatRoute;
import dev.ragops.runtime.http.openai.EmbeddingsRoute;
import dev.ragops.runtime.http.openai.ModelRoutes;
import dev.ragops.runtime.http.openai.VectorStoreRoute;
import dev.ragops.runtime.http.rag.DocumentRoutes;
import dev.ragops.runtime.http.rag.HealthRoutes;
import dev.ragops.runtime.http.rag.QueryRoute;
import dev.ragops.runtime.http.serve.Call;
import dev.ragops.runtime.http.serve.Documents;
import dev.ragops.runtime.http.serve.Engine;
import dev.ragops.runtime.http.serve.Identity;
import dev.ragops.runtime.http.serve.Retrieval;
import dev.ragops.runtime.observe.RuntimeMetrics;
import io.prometheus.client.exporter.common.TextFormat;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The server: opens the port, counts every request, puts the shapes of the API together, and drains. */
public final class RuntimeServer implements AutoCloseable {
    /** The cheapest: bodies are small text, and the default costs a query a tenth more for a few percent of size. */
    private static final int COMPRESSION_LEVEL = 1;
    /** Below, a body is two or three packets either way. An ordinary answer is 4 KiB. */
    private static final int COMPRESSION_THRESHOLD = 8 * 1024;

    /** Longer than the idle connections of common proxies, so that these close theirs first. */
    private static final Duration IDLE = Duration.ofSeconds(75);
    /** To search before the generator is asked, and to make the stand-in after it. */
    private static final Duration AROUND_GENERATOR = Duration.ofSeconds(15);

    private final Vertx vertx;
    private final Duration idle;
    private final Identity identity;
    private final RuntimeMetrics metrics;
    private final Retrieval retrieval;
    private final Documents documents;
    private final EmbeddingsRoute embeddings;
    private final Api api;
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean draining;
    private Optional<HttpServer> server = Optional.empty();

    /** @param concurrency questions that CPUs can work on at a time */
    public RuntimeServer(
            Vertx vertx,
            Contract contract,
            Engine engine,
            Identity identity,
            Door door,
            RuntimeMetrics metrics,
            Clock clock,
            int concurrency) {
        this.vertx = vertx;
        this.idle = idle(engine.config().answer());
        this.identity = identity;
        this.metrics = metrics;
        this.retrieval = new Retrieval(vertx, engine, metrics, concurrency);
        this.documents = new Documents(vertx, engine.follower(), metrics);
        Map<String, Consumer<Call>> handlers = new HashMap<>();
        new HealthRoutes(engine.follower(), identity, door, () -> draining).mount(handlers);
        QueryRoute query = new QueryRoute(
                vertx, retrieval, identity, engine.config().retrieval().topK());
        handlers.put("query", query::query);
        new DocumentRoutes(documents, contract.body("ingest", DocumentRoutes.LINES)).mount(handlers);
        new ModelRoutes(engine, clock).mount(handlers);
        this.embeddings = new EmbeddingsRoute(vertx, engine, metrics);
        handlers.put("embed", embeddings::embed);
        handlers.put("chat", new ChatRoute(vertx, retrieval, engine, clock)::complete);
        handlers.put("searchVectorStore", new VectorStoreRoute(retrieval)::search);
        new KaitoRoutes(retrieval, documents).mount(handlers);
        handlers.put("metrics", this::metrics);
        byte[] document = contract.document().getBytes(StandardCharsets.UTF_8);
        handlers.put("openapi", call -> call.json(document));
        this.api = new Api(contract, door, handlers);
    }

    /** How long nothing may be sent or received. It runs on while an answer is being made, so the longest wait for one must fit in. */
    static Duration idle(AnswerConfig answer) {
        return answer.generator()
                .map(generator -> generator.timeout().plus(AROUND_GENERATOR))
                .filter(longer -> longer.compareTo(IDLE) > 0)
                .orElse(IDLE);
    }

    /** @return the port, once it is open */
    public Future<Integer> listen(String host, int port) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(host)
                .setPort(port)
                .setCompressionSupported(true)
                .setCompressionLevel(COMPRESSION_LEVEL)
                .setCompressionContentSizeThreshold(COMPRESSION_THRESHOLD)
                // What is unpacked counts against the limit of a body, so a small bomb is cut like a large body.
                .setDecompressionSupported(true)
                .setHandle100ContinueAutomatically(true)
                .setIdleTimeout((int) idle.toSeconds())
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setMaxInitialLineLength(8192)
                .setMaxHeaderSize(32 * 1024);
        Router router = Router.router(vertx);
        router.route().handler(this::account);
        api.mount(router);
        HttpServer http = vertx.createHttpServer(options).requestHandler(router);
        server = Optional.of(http);
        return http.listen().map(HttpServer::actualPort);
    }

    /** Counts every request once, whatever becomes of it. */
    private void account(RoutingContext context) {
        long began = System.nanoTime();
        inFlight.incrementAndGet();
        Api.begin(context);
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
            if (!Api.isShadow(context)) {
                String route = routeOf(String.valueOf(context.request().path()));
                metrics.requests
                        .labels(route, Integer.toString(context.response().getStatusCode()))
                        .inc();
                metrics.seconds.labels(route).observe((System.nanoTime() - began) / 1e9);
            }
        });
        context.next();
    }

    /** A closed set of labels: a path that we do not know is one of them. */
    private static String routeOf(String path) {
        return switch (path) {
            case "/query",
                    "/ingest",
                    "/metrics",
                    "/openapi.json",
                    "/retrieve",
                    "/index",
                    "/v1/embeddings",
                    "/v1/chat/completions" -> path;
            default -> {
                if (path.startsWith("/documents")) {
                    yield "/documents";
                }
                if (path.startsWith("/health")) {
                    yield "/health";
                }
                if (path.startsWith("/indexes")) {
                    yield "/indexes";
                }
                if (path.startsWith("/v1/vector_stores/")) {
                    yield "/v1/vector_stores";
                }
                yield path.startsWith("/v1/models") ? "/v1/models" : "other";
            }
        };
    }

    private void metrics(Call call) {
        String type = TextFormat.chooseContentType(call.request().getHeader(HttpHeaders.ACCEPT));
        call.response().putHeader(HttpHeaders.CONTENT_TYPE, type).end(metrics.render(type));
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
        retrieval.close();
        documents.close();
        embeddings.close();
    }
}
