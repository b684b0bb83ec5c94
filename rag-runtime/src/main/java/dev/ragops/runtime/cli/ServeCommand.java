package dev.ragops.runtime.cli;

import dev.ragops.runtime.answer.Answerer;
import dev.ragops.runtime.bundle.Bundle;
import dev.ragops.runtime.bundle.JsonLines;
import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.bundle.VectorsFile;
import dev.ragops.runtime.config.ConfigException;
import dev.ragops.runtime.config.Overrides;
import dev.ragops.runtime.config.RagConfig;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.embed.Embedders;
import dev.ragops.runtime.http.Rehearsal;
import dev.ragops.runtime.http.RuntimeServer;
import dev.ragops.runtime.http.access.ApiKeys;
import dev.ragops.runtime.http.access.Door;
import dev.ragops.runtime.http.access.Tokens;
import dev.ragops.runtime.http.contract.Contract;
import dev.ragops.runtime.http.serve.Engine;
import dev.ragops.runtime.http.serve.Identity;
import dev.ragops.runtime.observe.RuntimeMetrics;
import dev.ragops.runtime.registry.BundleFetcher;
import dev.ragops.runtime.registry.MlflowClient;
import dev.ragops.runtime.registry.ModelVersion;
import dev.ragops.runtime.search.Searcher;
import dev.ragops.runtime.store.Contents;
import dev.ragops.runtime.store.DocumentStore;
import dev.ragops.runtime.store.StoreException;
import dev.ragops.runtime.store.Stores;
import dev.ragops.runtime.view.Follower;
import dev.ragops.runtime.view.Snapshots;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves a bundle and the documents of a store over HTTP until the process is told to end. */
@Command(
        name = "serve",
        description = "Serve a bundle and ingested documents over HTTP.",
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);
    private static final List<String> ANYTHING = List.of("what is this about?");
    /** Not the common pool: on two cores it has a single thread. */
    private static final Executor BESIDE =
            part -> Thread.ofPlatform().name("start").daemon().start(part);

    /** Some four thousand questions of usual length. */
    private static final long QUERY_CACHE_BYTES = 8L << 20;

    private static final int PORT = 8080;
    private static final String ANY_HOST = "0.0.0.0";
    private static final Duration DRAIN = Duration.ofSeconds(20);

    enum StoreKind {
        none,
        sqlite,
        postgres
    }

    @Option(
            names = "--bundle",
            paramLabel = "DIR",
            description = "bundle directory (RAGOPS_BUNDLE); absent: the built-in MiniLM and no documents")
    String bundle = Environment.text("RAGOPS_BUNDLE");

    @Option(
            names = "--model",
            paramLabel = "URI",
            description = "fetch this registered version first, models:/NAME/VERSION (RAGOPS_MODEL_URI)")
    String model = Environment.text("RAGOPS_MODEL_URI");

    @Mixin
    RegistryOptions registry = new RegistryOptions();

    @Option(names = "--data", paramLabel = "DIR", description = "where ingested documents are kept (RAGOPS_DATA)")
    String data = Environment.text("RAGOPS_DATA");

    @Option(
            names = "--store",
            paramLabel = "KIND",
            description = "none, sqlite or postgres (RAGOPS_STORE; default: sqlite with --data, else none)")
    String store = Environment.text("RAGOPS_STORE");

    @Option(
            names = "--postgres-url-file",
            paramLabel = "FILE",
            description = "file with postgres://user:password@host:port/database (RAGOPS_POSTGRES_URL_FILE)")
    String postgresUrlFile = Environment.text("RAGOPS_POSTGRES_URL_FILE");

    @Option(
            names = "--store-name",
            paramLabel = "NAME",
            description = "first part of every key in the store (RAGOPS_STORE_NAME)")
    String storeName = Environment.textOr("RAGOPS_STORE_NAME", "local");

    @Option(names = "--config", paramLabel = "FILE", description = "JSON overrides of rag.yaml (RAGOPS_CONFIG)")
    String config = Environment.text("RAGOPS_CONFIG");

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            split = ",",
            description = "accepted bearer tokens, read again when they change (RAGOPS_TOKEN_FILES); absent: open")
    List<String> tokenFiles = List.of(Environment.text("RAGOPS_TOKEN_FILES").split(","));

    @Option(
            names = "--api-keys",
            paramLabel = "FILE",
            description =
                    "API keys of clients, as `key new` prints them, a line each; or a folder of such files; read again when"
                            + " they change (RAGOPS_API_KEYS); absent: none is wanted")
    String apiKeys = Environment.text("RAGOPS_API_KEYS");

    @Option(names = "--revision", description = "reported in answers (RAGOPS_REVISION)")
    String revision = Environment.text("RAGOPS_REVISION");

    @Option(names = "--version-label", description = "registered version, reported in answers (RAGOPS_VERSION)")
    String version = Environment.text("RAGOPS_VERSION");

    @Option(names = "--port", description = "port, 0 for any (RAGOPS_PORT; default " + PORT + ")")
    @Nullable
    Integer port;

    @Option(names = "--host", description = "address to listen on (RAGOPS_HOST; default " + ANY_HOST + ")")
    String host = Environment.textOr("RAGOPS_HOST", ANY_HOST);

    @Option(
            names = "--check",
            description = "start, answer a few questions over HTTP and end: says whether this bundle serves here")
    boolean check;

    @Override
    public Integer call() throws Exception {
        int wanted = port == null ? Environment.port("RAGOPS_PORT", PORT) : port;
        // The native library takes as long to load as a bundle to read; who needs it first waits for it.
        CompletableFuture.runAsync(Embedders::prepare, BESIDE);
        Optional<Bundle> served = bundle();
        RagConfig base = served.map(Bundle::config).orElse(RagConfig.DEFAULT);
        String overrides = config.isBlank() ? "" : read(Path.of(config), "--config");
        RagConfig effective = overrides.isEmpty() ? base : Overrides.apply(base, overrides, config);
        int cpus = Cpus.count();
        Path directory = served.map(Bundle::directory).orElse(Path.of("."));
        CompletableFuture<Embedder> encoder = CompletableFuture.supplyAsync(
                () -> Embedders.open(effective.embedder(), directory, new Embedders.Resources(cpus, QUERY_CACHE_BYTES)),
                BESIDE);
        List<SourceDocument> documents = documents(served);
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(Math.clamp(cpus, 1, 4))
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(2));
        Embedder embedder = opened(encoder, vertx);
        Identity identity = new Identity(
                revision,
                version,
                served.map(Bundle::digest).orElse(""),
                overrides.isEmpty() ? "" : Contents.inputHash(overrides),
                embedder.fingerprint());
        Follower follower = new Follower(
                effective,
                embedder,
                documents,
                () -> vectors(served, embedder),
                store(),
                snapshots(served, effective, embedder));
        Searcher searcher = new Searcher(embedder, effective.retrieval());
        RuntimeMetrics metrics = new RuntimeMetrics(follower, embedder::queryCache);
        Answerer answerer = new Answerer(
                effective.answer(), text -> embedder.tokenizer().spans(text).count(), Clock.systemUTC(), metrics);
        List<String> questions =
                documents.stream().limit(200).map(SourceDocument::title).toList();
        follower.beforeReady(new Rehearsal(
                searcher, answerer, identity, questions, effective.retrieval().topK()));
        follower.start();
        Contract contract = Contract.load();
        RuntimeServer server = new RuntimeServer(
                vertx,
                contract,
                new Engine(effective, embedder, follower, searcher, answerer),
                identity,
                door(contract),
                metrics,
                Clock.systemUTC(),
                cpus);
        int open = server.listen(host, wanted)
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        if (check) {
            try {
                System.out.println(
                        new SelfCheck(open, tokens().findFirst()).run(questions.isEmpty() ? ANYTHING : questions));
                return 0;
            } catch (SelfCheck.FailedException e) {
                System.err.println(e.getMessage());
                return 1;
            } finally {
                end(server, follower, embedder, vertx);
            }
        }
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().unstarted(() -> end(server, follower, embedder, vertx)));
        LOG.info("listening on {}:{} with {} CPUs, store {}", host, open, cpus, storeKind());
        if (System.console() != null) {
            System.err.printf("Serving on http://127.0.0.1:%d; try /health, /query, /openapi.json%n", open);
        }
        return RuntimeCommand.RUNNING;
    }

    private static Embedder opened(CompletableFuture<Embedder> encoder, Vertx vertx) throws Exception {
        try {
            return encoder.get();
        } catch (ExecutionException e) {
            vertx.close();
            throw e.getCause() instanceof Exception reason ? reason : e;
        }
    }

    /** The own questions of a check hold no key, so none is wanted then. */
    private Door door(Contract contract) {
        Optional<Path> keys =
                Optional.of(apiKeys).filter(place -> !place.isBlank() && !check).map(Path::of);
        return new Door(new Tokens(tokens().toList()), new ApiKeys(keys, contract, System::nanoTime), System::nanoTime);
    }

    private Stream<Path> tokens() {
        return tokenFiles.stream().filter(file -> !file.isBlank()).map(Path::of);
    }

    private static void end(RuntimeServer server, Follower follower, Embedder embedder, Vertx vertx) {
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

    private Optional<Bundle> bundle() throws IOException {
        if (!model.isBlank() && bundle.isBlank()) {
            Path target = data.isBlank()
                    ? Files.createTempDirectory("bundle")
                    : Path.of(data).resolve("bundle");
            try (MlflowClient client = registry.client()) {
                return Optional.of(new BundleFetcher(client)
                        .fetch(ModelVersion.parse(model), Optional.empty(), target, Optional.empty()));
            }
        }
        return FetchCommand.text(bundle).map(directory -> Bundle.open(Path.of(directory)));
    }

    private static List<SourceDocument> documents(Optional<Bundle> bundle) {
        return bundle.flatMap(served -> served.file(Bundle.DOCUMENTS_FILE))
                .map(JsonLines::documents)
                .orElse(List.of());
    }

    private static Map<String, float[]> vectors(Optional<Bundle> bundle, Embedder embedder) {
        return bundle.flatMap(served -> served.file(Bundle.VECTORS_FILE))
                .map(file -> VectorsFile.read(file, embedder.fingerprint(), embedder.dimension()))
                .orElse(Map.of());
    }

    /** Wherever there is a folder of our own: what it holds can always be derived again. */
    private Optional<Snapshots> snapshots(Optional<Bundle> bundle, RagConfig effective, Embedder embedder) {
        return FetchCommand.text(data)
                .map(directory -> new Snapshots(
                        Path.of(directory).resolve("snapshots"),
                        embedder.fingerprint(),
                        Snapshots.content(
                                storeName,
                                bundle.map(Bundle::digest).orElse(""),
                                effective.chunking(),
                                effective.retrieval().index()),
                        embedder.dimension(),
                        Clock.systemUTC()));
    }

    private StoreKind storeKind() {
        if (store.isBlank()) {
            return data.isBlank() ? StoreKind.none : StoreKind.sqlite;
        }
        return Arrays.stream(StoreKind.values())
                .filter(kind -> kind.name().equals(store))
                .findFirst()
                .orElseThrow(
                        () -> new ConfigException("--store must be none, sqlite or postgres, not '" + store + "'"));
    }

    private Optional<Supplier<DocumentStore>> store() {
        return switch (storeKind()) {
            case none -> Optional.empty();
            case sqlite -> {
                if (data.isBlank()) {
                    throw new ConfigException("--store sqlite needs --data DIR");
                }
                yield Optional.of(() -> Stores.sqlite(Path.of(data).resolve("documents.db"), storeName));
            }
            case postgres -> {
                if (postgresUrlFile.isBlank()) {
                    throw new ConfigException("--store postgres needs --postgres-url-file FILE");
                }
                yield Optional.of(() -> Stores.postgres(this::url, storeName));
            }
        };
    }

    private String url() {
        try {
            return Files.readString(Path.of(postgresUrlFile)).strip();
        } catch (IOException e) {
            throw new StoreException("cannot read " + postgresUrlFile, e);
        }
    }

    private static String read(Path file, String option) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new ConfigException(option + ": cannot read " + file + ": " + e.getMessage());
        }
    }
}
