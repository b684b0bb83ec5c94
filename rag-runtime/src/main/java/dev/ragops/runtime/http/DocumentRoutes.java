package dev.ragops.runtime.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ragops.runtime.observe.RuntimeMetrics;
import dev.ragops.runtime.store.DocumentStore;
import dev.ragops.runtime.store.StoredDocument;
import dev.ragops.runtime.store.WriteResult;
import dev.ragops.runtime.view.Follower;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Documents in and out. What was acknowledged is durable; by default it is searchable on this pod, too. */
final class DocumentRoutes implements AutoCloseable {
    private static final String JSON_TYPE = "application/json";
    private static final String LINES_TYPE = "application/x-ndjson";
    private static final long VISIBLE_WAIT_MILLIS = 5_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Vertx vertx;
    private final Follower follower;
    private final RuntimeMetrics metrics;
    private final Workers writers;

    DocumentRoutes(Vertx vertx, Follower follower, RuntimeMetrics metrics, Workers writers) {
        this.vertx = vertx;
        this.follower = follower;
        this.metrics = metrics;
        this.writers = writers;
    }

    void mount(Router router, BodyHandler body) {
        router.post("/ingest").handler(this::requireStore).handler(this::lines);
        router.post("/ingest").handler(RuntimeServer::wantsJson);
        router.post("/ingest").handler(body).handler(this::ingest);
        router.get("/documents/:id").handler(this::get);
        router.delete("/documents/:id").handler(this::requireStore).handler(this::delete);
    }

    private void requireStore(RoutingContext context) {
        if (follower.hasStore()) {
            context.next();
        } else {
            context.response().putHeader("allow", "GET");
            context.fail(
                    Problem.of(
                            405,
                            "Method not allowed",
                            "this RagModel has no document store and serves what its bundle ships; set spec.documents to ingest"));
        }
    }

    /** Fails at once while the store is known to be away: waiting for a connection would hold up the next request, too. */
    private DocumentStore store() {
        return follower.store()
                .filter(_ -> follower.isStoreReachable())
                .orElseThrow(() -> Problem.later(
                        "Store unavailable", "the document store does not answer; try again in a second"));
    }

    /** A stream of lines, written in batches while it arrives; anything else goes on to {@link #ingest}. */
    private void lines(RoutingContext context) {
        String type = context.request().getHeader(HttpHeaders.CONTENT_TYPE);
        if (type == null || !type.strip().toLowerCase(Locale.ROOT).startsWith(LINES_TYPE)) {
            context.next();
            return;
        }
        context.response().setChunked(true).putHeader(HttpHeaders.CONTENT_TYPE, LINES_TYPE);
        new LineIngest(context, collection(context), store(), writers, this::written).start();
    }

    private void ingest(RoutingContext context) {
        IngestRequest request = IngestRequest.parse(RuntimeServer.bytes(context));
        DocumentStore store = store();
        writers.run(() -> store.upsert(request.collection(), request.documents()))
                .compose(result -> {
                    written(result);
                    return visible(context, result);
                })
                .onSuccess(result -> reply(context, Replies.written(result)))
                .onFailure(context::fail);
    }

    private void delete(RoutingContext context) {
        DocumentStore store = store();
        String collection = collection(context);
        String id = String.valueOf(context.pathParam("id"));
        writers.run(() -> store.delete(collection, id))
                .compose(result -> {
                    written(result);
                    return visible(context, result);
                })
                .onSuccess(result -> reply(context, Replies.written(result)))
                .onFailure(context::fail);
    }

    private void get(RoutingContext context) {
        if (!follower.hasStore()) {
            throw Problem.of(404, "Not found", "this RagModel has no document store");
        }
        DocumentStore store = store();
        String collection = collection(context);
        String id = String.valueOf(context.pathParam("id"));
        writers.run(() -> store.get(collection, id))
                .onSuccess(found -> {
                    Optional<StoredDocument> live = found.filter(document -> !document.deleted());
                    if (live.isEmpty()) {
                        context.fail(Problem.of(
                                404, "Not found", "there is no document with this id in collection " + collection));
                        return;
                    }
                    ObjectNode body = JSON.createObjectNode()
                            .put("id", id)
                            .put("collection", collection)
                            .put("title", live.get().document().title())
                            .put("text", live.get().document().text())
                            .put("sequence", live.get().sequence());
                    body.set("metadata", JSON.valueToTree(live.get().document().metadata()));
                    reply(context, body.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
                })
                .onFailure(context::fail);
    }

    private void written(WriteResult result) {
        follower.nudge();
        result.outcomes()
                .forEach(outcome -> metrics.documents
                        .labels(outcome.status().name().toLowerCase(Locale.ROOT))
                        .inc());
    }

    /** Waits a while until this pod's view shows the write, unless the caller does not want that; a late view is no failure. */
    private Future<WriteResult> visible(RoutingContext context, WriteResult result) {
        if ("false".equals(context.request().getParam("wait"))) {
            return Future.succeededFuture(result);
        }
        return Future.fromCompletionStage(
                        follower.reached(result.sequence()).orTimeout(VISIBLE_WAIT_MILLIS, TimeUnit.MILLISECONDS),
                        vertx.getOrCreateContext())
                .map(result)
                .otherwise(result);
    }

    private static String collection(RoutingContext context) {
        String collection = context.request().getParam("collection");
        if (collection != null && collection.length() > 128) {
            throw Problem.field("collection", "has more than 128 characters");
        }
        return collection == null || collection.isBlank() ? "default" : collection;
    }

    private static void reply(RoutingContext context, byte[] json) {
        context.response().putHeader(HttpHeaders.CONTENT_TYPE, JSON_TYPE).end(Buffer.buffer(json));
    }

    @Override
    public void close() {
        writers.close();
    }
}
