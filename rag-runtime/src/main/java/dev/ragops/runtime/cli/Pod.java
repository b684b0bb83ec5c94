package dev.ragops.runtime.cli;

import dev.ragops.runtime.answer.Answerer;
import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.embed.Embedders;
import dev.ragops.runtime.http.Rehearsal;
import dev.ragops.runtime.http.RuntimeServer;
import dev.ragops.runtime.http.access.Door;
import dev.ragops.runtime.http.contract.Contract;
import dev.ragops.runtime.http.serve.Engine;
import dev.ragops.runtime.http.serve.Identity;
import dev.ragops.runtime.observe.RuntimeMetrics;
import dev.ragops.runtime.search.Searcher;
import dev.ragops.runtime.store.DocumentStore;
import dev.ragops.runtime.view.Follower;
import dev.ragops.runtime.view.Snapshots;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All that runs in a serving process: begun side by side, ended in order. */
final class Pod implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pod.class);
    /** Not the common pool: on two cores it has a single thread. */
    private static final Executor BESIDE =
            part -> Thread.ofPlatform().name("start").daemon().start(part);

    /** Some four thousand questions of usual length. */
    private static final long QUERY_CACHE_BYTES = 8L << 20;

    private static final int QUESTIONS = 200;
    private static final Duration DRAIN = Duration.ofSeconds(20);

    private final Vertx vertx;
    private final Embedder embedder;
    private final Follower follower;
    private final RuntimeServer server;
    private final List<String> questions;

    private Pod(Vertx vertx, Embedder embedder, Follower follower, RuntimeServer server, List<String> questions) {
        this.vertx = vertx;
        this.embedder = embedder;
        this.follower = follower;
        this.server = server;
        this.questions = questions;
    }

    /** Begins what takes long and needs nothing to be known: the native library takes as long to load as a bundle to read. */
    static void prepare() {
        CompletableFuture.runAsync(Embedders::prepare, BESIDE);
    }

    /**
     * Puts the parts together and has the follower begin; the port is not open yet.
     *
     * @param revision reported in answers, as is {@code version}
     * @param door who may come in, by the document of the API
     */
    static Pod start(
            Served served, StoreOptions store, String revision, String version, Function<Contract, Door> door, int cpus)
            throws Exception {
        Optional<Supplier<DocumentStore>> opener = store.opener();
        CompletableFuture<Embedder> encoder = CompletableFuture.supplyAsync(
                () -> Embedders.open(
                        served.config().embedder(),
                        served.directory(),
                        new Embedders.Resources(cpus, QUERY_CACHE_BYTES)),
                BESIDE);
        List<SourceDocument> documents = served.documents();
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(Math.clamp(cpus, 1, 4))
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(2));
        Embedder embedder = opened(encoder, vertx);
        Identity identity = served.identity(revision, version, embedder);
        Follower follower = new Follower(
                served.config(),
                embedder,
                documents,
                () -> served.vectors(embedder),
                opener,
                store.directory()
                        .map(directory -> new Snapshots(
                                directory.resolve("snapshots"),
                                embedder.fingerprint(),
                                Snapshots.content(
                                        store.name,
                                        served.digest(),
                                        served.config().chunking(),
                                        served.config().retrieval().index()),
                                embedder.dimension(),
                                Clock.systemUTC())));
        Searcher searcher = new Searcher(embedder, served.config().retrieval());
        RuntimeMetrics metrics = new RuntimeMetrics(follower, embedder::queryCache);
        Answerer answerer = new Answerer(
                served.config().answer(),
                text -> embedder.tokenizer().spans(text).count(),
                Clock.systemUTC(),
                metrics);
        List<String> questions =
                documents.stream().limit(QUESTIONS).map(SourceDocument::title).toList();
        follower.beforeReady(new Rehearsal(
                searcher,
                answerer,
                identity,
                questions,
                served.config().retrieval().topK()));
        follower.start();
        Contract contract = Contract.load();
        RuntimeServer server = new RuntimeServer(
                vertx,
                contract,
                new Engine(served.config(), embedder, follower, searcher, answerer),
                identity,
                door.apply(contract),
                metrics,
                Clock.systemUTC(),
                cpus);
        return new Pod(vertx, embedder, follower, server, questions);
    }

    private static Embedder opened(CompletableFuture<Embedder> encoder, Vertx vertx) throws Exception {
        try {
            return encoder.get();
        } catch (ExecutionException e) {
            vertx.close();
            throw e.getCause() instanceof Exception reason ? reason : e;
        }
    }

    /** @return the port that is open now */
    int listen(String host, int port) throws Exception {
        return server.listen(host, port)
                .toCompletionStage()
                .toCompletableFuture()
                .get();
    }

    /** What its own documents are about; empty without any. */
    List<String> questions() {
        return questions;
    }

    /** Lets the requests in progress end first. */
    @Override
    public void close() {
        try {
            boolean all = server.drain(DRAIN);
            LOG.info(all ? "drained" : "drained, but some requests did not end in time");
            server.close();
            follower.close();
            embedder.close();
            vertx.close().toCompletionStage().toCompletableFuture().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
