package dev.ragops.runtime.http.serve;

import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.http.contract.Problem;
import dev.ragops.runtime.observe.RuntimeMetrics;
import dev.ragops.runtime.store.DocumentStore;
import dev.ragops.runtime.store.StoredDocument;
import dev.ragops.runtime.store.WriteResult;
import dev.ragops.runtime.view.Follower;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Documents of every shape are read and written through here: off the event loop, counted, and the view told. */
public final class Documents implements AutoCloseable {
    private static final Duration VISIBLE_WAIT = Duration.ofSeconds(5);
    /** A write is no search box: it may wait for the disk. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final Follower follower;
    private final RuntimeMetrics metrics;
    private final Workers workers;

    public Documents(Vertx vertx, Follower follower, RuntimeMetrics metrics) {
        this.vertx = vertx;
        this.follower = follower;
        this.metrics = metrics;
        this.workers = new Workers(vertx, "write", 2, 64, PATIENCE.dividedBy(2), metrics);
    }

    /** @throws Problem 405 where there is nothing to write to, 503 while the store has not opened */
    public DocumentStore toWrite() {
        if (!follower.hasStore()) {
            throw Problem.of(
                    405,
                    "Method not allowed",
                    "this RagModel has no document store and serves what its bundle ships; set spec.documents to ingest");
        }
        return store();
    }

    /** Fails at once while the store is known to be away: waiting for a connection would hold up the next request, too. */
    private DocumentStore store() {
        return follower.store()
                .filter(_ -> follower.isStoreReachable())
                .orElseThrow(() -> Problem.later(
                        "Store unavailable", "the document store does not answer; try again in a second"));
    }

    /** Reads; without a store, what an empty one would say. */
    public <T> Future<T> read(Call call, T empty, Function<DocumentStore, T> read) {
        if (!follower.hasStore()) {
            return Future.succeededFuture(empty);
        }
        DocumentStore store = store();
        return workers.run(call, PATIENCE, () -> read.apply(store));
    }

    /** What the bundle ships; a document of the store, or its deletion, hides one of the same id. */
    public Optional<StoredDocument> bundled(String collection, String id) {
        return follower.bundled(collection, id);
    }

    public Future<WriteResult> upsert(Call call, String collection, List<SourceDocument> documents) {
        DocumentStore store = toWrite();
        return workers.run(call, PATIENCE, () -> written(store.upsert(collection, documents)));
    }

    public Future<WriteResult> delete(Call call, String collection, String id) {
        DocumentStore store = toWrite();
        return workers.run(call, PATIENCE, () -> written(store.delete(collection, id)));
    }

    /** Where the store stands, for a stream that has written nothing. */
    public Future<WriteResult> nothing(Call call) {
        DocumentStore store = toWrite();
        return workers.run(call, PATIENCE, () -> new WriteResult(store.head().sequence(), List.of()));
    }

    private WriteResult written(WriteResult result) {
        follower.nudge();
        result.outcomes()
                .forEach(outcome -> metrics.documents
                        .labels(outcome.status().name().toLowerCase(Locale.ROOT))
                        .inc());
        return result;
    }

    /** Waits a while until this pod's view shows the write, unless the caller does not want that; a late view is no failure. */
    public Future<WriteResult> visible(Call call, WriteResult result) {
        if (call.parameter("wait").filter("false"::equals).isPresent()) {
            return Future.succeededFuture(result);
        }
        return Future.fromCompletionStage(
                        follower.reached(result.sequence()).orTimeout(VISIBLE_WAIT.toMillis(), TimeUnit.MILLISECONDS),
                        vertx.getOrCreateContext())
                .map(result)
                .otherwise(result);
    }

    @Override
    public void close() {
        workers.close();
    }
}
