package dev.ragops.runtime.cli;

import dev.ragops.runtime.bundle.Bundle;
import dev.ragops.runtime.http.access.ApiKeys;
import dev.ragops.runtime.http.access.Door;
import dev.ragops.runtime.http.access.Tokens;
import dev.ragops.runtime.http.contract.Contract;
import dev.ragops.runtime.registry.BundleFetcher;
import dev.ragops.runtime.registry.MlflowClient;
import dev.ragops.runtime.registry.ModelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
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
    private static final int PORT = 8080;
    private static final String ANY_HOST = "0.0.0.0";

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

    @Mixin
    StoreOptions store = new StoreOptions();

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
        Pod.prepare();
        Served served = Served.of(bundle(), Environment.given(config).map(Path::of));
        int cpus = Cpus.count();
        Pod pod = Pod.start(served, store, revision, version, this::door, cpus);
        int open = pod.listen(host, wanted);
        if (check) {
            return check(pod, open);
        }
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(pod::close));
        LOG.info("listening on {}:{} with {} CPUs, store {}", host, open, cpus, store.kind());
        if (System.console() != null) {
            System.err.printf("Serving on http://127.0.0.1:%d; try /health, /query, /openapi.json%n", open);
        }
        return RuntimeCommand.RUNNING;
    }

    private int check(Pod pod, int open) throws Exception {
        try (pod) {
            List<String> questions = pod.questions().isEmpty() ? ANYTHING : pod.questions();
            System.out.println(new SelfCheck(open, tokens().findFirst()).run(questions));
            return 0;
        } catch (SelfCheck.FailedException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }

    /** The own questions of a check hold no key, so none is wanted then. */
    private Door door(Contract contract) {
        Optional<Path> keys =
                check ? Optional.empty() : Environment.given(apiKeys).map(Path::of);
        return new Door(new Tokens(tokens().toList()), new ApiKeys(keys, contract, System::nanoTime), System::nanoTime);
    }

    private Stream<Path> tokens() {
        return tokenFiles.stream().filter(file -> !file.isBlank()).map(Path::of);
    }

    private Optional<Bundle> bundle() throws IOException {
        if (model.isBlank() || !bundle.isBlank()) {
            return Environment.given(bundle).map(directory -> Bundle.open(Path.of(directory)));
        }
        Optional<Path> kept = store.directory().map(directory -> directory.resolve("bundle"));
        Path target = kept.isPresent() ? kept.get() : Files.createTempDirectory("bundle");
        try (MlflowClient client = registry.client()) {
            return Optional.of(new BundleFetcher(client)
                    .fetch(ModelVersion.parse(model), Optional.empty(), target, Optional.empty()));
        }
    }
}
