package dev.ragops.gateway.admin;

import dev.ragops.gateway.evidence.Books;
import dev.ragops.gateway.evidence.Ejection;
import dev.ragops.gateway.evidence.Generation;
import dev.ragops.gateway.proxy.Endpoints;
import dev.ragops.gateway.proxy.Problem;
import dev.ragops.gateway.route.Route;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The second port. */
public final class AdminServer {
    private static final int IDLE_SECONDS = 75;

    private final Vertx vertx;
    private final Books books;
    private final Endpoints endpoints;
    private final GatewayMetrics metrics;
    private final Supplier<byte[]> key;
    private final Supplier<String> runtimeToken;
    private final BooleanSupplier ready;
    private final String pod;
    private final String process = UUID.randomUUID().toString();

    public AdminServer(
            Vertx vertx,
            Books books,
            Endpoints endpoints,
            GatewayMetrics metrics,
            Supplier<byte[]> key,
            Supplier<String> runtimeToken,
            BooleanSupplier ready,
            String pod) {
        this.vertx = vertx;
        this.books = books;
        this.endpoints = endpoints;
        this.metrics = metrics;
        this.key = key;
        this.runtimeToken = runtimeToken;
        this.ready = ready;
        this.pod = pod;
    }

    public Future<HttpServer> listen(int port) {
        return vertx.createHttpServer(new HttpServerOptions().setIdleTimeout(IDLE_SECONDS))
                .requestHandler(this::handle)
                .listen(port, "0.0.0.0");
    }

    private void handle(HttpServerRequest request) {
        switch (String.valueOf(request.path())) {
            case "/health/live", "/health" -> json(request, 200, new JsonObject().put("status", "live"));
            case "/health/ready" -> ready(request);
            case "/metrics" -> {
                metrics.ejected(books.ejection().isPresent());
                metrics.pods(endpoints.counts());
                var _ = request.response()
                        .putHeader("content-type", "text/plain; version=0.0.4; charset=utf-8")
                        .end(metrics.text());
            }
            case "/-/route" -> guarded(request, this::route);
            case "/-/evidence" -> guarded(request, this::evidence);
            case "/-/pairs" ->
                guarded(
                        request,
                        signed -> json(
                                signed,
                                200,
                                new JsonObject().put("pairs", books.pairs().toJson(System.currentTimeMillis()))));
            default -> problem(request, 404, "Unknown path", "nothing at " + request.path());
        }
    }

    private void ready(HttpServerRequest request) {
        boolean isReady = ready.getAsBoolean() && books.route().isPresent();
        json(
                request,
                isReady ? 200 : 503,
                new JsonObject()
                        .put("status", isReady ? "ready" : books.route().isPresent() ? "draining" : "no route"));
    }

    private void guarded(HttpServerRequest request, java.util.function.Consumer<HttpServerRequest> answer) {
        String uid = books.route().map(Route::modelUid).orElse("");
        String authorization = request.getHeader("authorization");
        if (authorization == null
                || !EvidenceToken.isValid(authorization, key.get(), uid, System.currentTimeMillis() / 1000)) {
            problem(request, 401, "Not signed", "a current token signed with this model's key is needed");
            return;
        }
        answer.accept(request);
    }

    private void route(HttpServerRequest request) {
        if (books.route().isEmpty()) {
            problem(request, 404, "No route yet", "this gateway has not been given a route");
            return;
        }
        JsonObject pods = new JsonObject();
        endpoints.counts().forEach(pods::put);
        json(
                request,
                200,
                new JsonObject()
                        .put("process", process)
                        .put("pod", pod)
                        .put("generation", books.current().number())
                        .put("since", books.current().since())
                        .put("appliedSeq", books.route().get().appliedSeq())
                        .put("requestTimeoutMillis", books.route().get().requestTimeoutMillis())
                        .put("stickiness", stickiness(books.route().get().stickiness()))
                        .put("token", RuntimeToken.id(runtimeToken.get()))
                        .put("endpoints", pods)
                        .put("standIn", standIn(books.route().get()))
                        .put("ejected", ejected()));
    }

    /** What may change without another generation is said too, so that the operator can compare it with what it wrote. */
    private static JsonObject stickiness(Route.Stickiness stickiness) {
        return new JsonObject()
                .put("header", stickiness.header())
                .put("cookie", stickiness.cookie())
                .put("tokenSubject", stickiness.tokenSubject())
                .put("trustedProxies", new JsonArray(stickiness.trustedProxies()));
    }

    /** Whether the candidate answers everybody's questions, because stable has no pod. */
    private boolean standIn(Route route) {
        return books.ejection().isEmpty()
                && route.stable()
                        .filter(target -> endpoints.has(target.service()))
                        .isEmpty()
                && route.candidate()
                        .filter(target -> endpoints.has(target.service()))
                        .isPresent();
    }

    private void evidence(HttpServerRequest request) {
        long number;
        try {
            number = Long.parseLong(String.valueOf(request.getParam("generation")));
        } catch (NumberFormatException e) {
            problem(request, 400, "Which generation?", "generation must be a whole number");
            return;
        }
        Optional<Generation> generation = books.generation(number);
        if (generation.isEmpty()) {
            problem(
                    request,
                    404,
                    "Unknown generation",
                    "this process never served generation " + number + ", or not lately");
            return;
        }
        json(
                request,
                200,
                generation
                        .get()
                        .toJson()
                        .put("process", process)
                        .put("pod", pod)
                        .put("at", System.currentTimeMillis())
                        .put("ejected", ejected()));
    }

    private @org.jspecify.annotations.Nullable JsonObject ejected() {
        return books.ejection().map(Ejection::toJson).orElse(null);
    }

    private static void problem(HttpServerRequest request, int status, String title, String detail) {
        var _ = Problem.send(request.response(), status, title, detail);
    }

    private static void json(HttpServerRequest request, int status, JsonObject body) {
        var _ = request.response()
                .setStatusCode(status)
                .putHeader("content-type", "application/json")
                .end(body.encode());
    }
}
