package dev.ragops.runtime.cli;

import dev.ragops.runtime.bundle.Bundle;
import dev.ragops.runtime.bundle.BundleBuilder;
import dev.ragops.runtime.bundle.JsonLines;
import dev.ragops.runtime.bundle.VectorsFile;
import dev.ragops.runtime.chunk.Chunker;
import dev.ragops.runtime.config.RagConfig;
import dev.ragops.runtime.config.RagYaml;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.embed.Embedders;
import dev.ragops.runtime.registry.MlflowClient;
import dev.ragops.runtime.registry.Registrar;
import dev.ragops.runtime.search.Passage;
import dev.ragops.runtime.store.Contents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a bundle from a folder, measures it, and registers it as a new version. */
@Command(
        name = "register",
        description = {
            "Make a bundle from a folder, measure it on its golden questions, and register it in MLflow.",
            "The folder holds rag.yaml; documents.jsonl, golden.jsonl and embedder/ where it ships them."
        },
        mixinStandardHelpOptions = true)
final class RegisterCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "folder with rag.yaml")
    Path source = Path.of(".");

    @Mixin
    RegistryOptions registry = new RegistryOptions();

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "registered model")
    String name = "";

    @Option(names = "--alias", paramLabel = "ALIAS", description = "move this alias to the new version")
    String alias = "";

    @Option(
            names = "--experiment",
            defaultValue = "ragops",
            description = "MLflow experiment of the run (default ${DEFAULT-VALUE})")
    String experiment = "ragops";

    @Option(names = "--documents", paramLabel = "FILE", description = "documents.jsonl from elsewhere")
    String documents = "";

    @Option(names = "--golden", paramLabel = "FILE", description = "golden.jsonl from elsewhere")
    String golden = "";

    @Option(names = "--output", paramLabel = "DIR", description = "keep the bundle here; with --dry-run only that")
    String output = "";

    @Option(names = "--dry-run", description = "make and measure the bundle, register nothing")
    boolean dryRun;

    @Override
    public Integer call() throws IOException {
        Path directory = output.isBlank() ? Files.createTempDirectory("bundle") : Path.of(output);
        copy(source, directory);
        copyFile(documents, directory.resolve(Bundle.DOCUMENTS_FILE));
        copyFile(golden, directory.resolve(Bundle.GOLDEN_FILE));
        RagConfig config = RagYaml.parse(Files.readAllBytes(directory.resolve(Bundle.CONFIG_FILE)), Bundle.CONFIG_FILE);
        Map<String, Double> metrics = new LinkedHashMap<>();
        try (Embedder embedder =
                Embedders.open(config.embedder(), directory, new Embedders.Resources(Cpus.count(), 0))) {
            if (Files.exists(directory.resolve(Bundle.DOCUMENTS_FILE))) {
                measure(config, embedder, directory, metrics);
            }
        }
        Bundle bundle = BundleBuilder.seal(directory);
        if (dryRun) {
            System.out.printf("bundle %s digest %s %s%n", directory, bundle.digest(), metrics);
            return 0;
        }
        try (MlflowClient client = registry.client()) {
            Registrar.Registered registered = new Registrar(client)
                    .register(bundle, name, experiment, parameters(config), metrics, FetchCommand.text(alias));
            System.out.printf(
                    "{\"model\": \"%s\", \"version\": \"%s\", \"run_id\": \"%s\", \"digest\": \"%s\", \"ndcg_at_10\": %s}%n",
                    name,
                    registered.version().version(),
                    registered.runId(),
                    registered.digest(),
                    metrics.get("ndcg_at_10"));
        }
        return 0;
    }

    private static void measure(RagConfig config, Embedder embedder, Path directory, Map<String, Double> metrics)
            throws IOException {
        var texts = Assessment.texts(JsonLines.documents(directory.resolve(Bundle.DOCUMENTS_FILE)));
        writeVectors(config, embedder, directory, texts);
        Path questions = directory.resolve(Bundle.GOLDEN_FILE);
        if (Files.exists(questions)) {
            metrics.putAll(
                    Assessment.of(config, embedder, texts, Assessment.questions(JsonLines.golden(questions), "test"))
                            .named());
        }
    }

    /** So that no pod embeds the bundle's documents again. */
    private static void writeVectors(
            RagConfig config,
            Embedder embedder,
            Path directory,
            List<dev.ragops.runtime.evaluate.BeirFolder.Text> texts)
            throws IOException {
        Chunker chunker = new Chunker(embedder.tokenizer(), config.chunking());
        List<String> inputs = texts.stream()
                .flatMap(document -> chunker.chunk(document.text()).stream()
                        .map(chunk -> Passage.modelInput(document.title(), chunk.text())))
                .distinct()
                .toList();
        List<float[]> vectors = embedder.embedPassages(inputs);
        Map<String, float[]> byHash = new HashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            byHash.put(Contents.inputHash(inputs.get(i)), vectors.get(i));
        }
        VectorsFile.write(directory.resolve(Bundle.VECTORS_FILE), embedder.fingerprint(), embedder.dimension(), byHash);
    }

    private static Map<String, String> parameters(RagConfig config) {
        return Map.of(
                "name", config.name(),
                "embedder", String.valueOf(config.embedder()),
                "chunking.max_tokens", String.valueOf(config.chunking().maxTokens()),
                "retrieval.mode", config.retrieval().mode().name().toLowerCase(java.util.Locale.ROOT),
                "retrieval.candidates", String.valueOf(config.retrieval().candidates()),
                "retrieval.fusion", String.valueOf(config.retrieval().fusion()));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path file : (Iterable<Path>) tree::iterator) {
                Path place = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(place);
                } else {
                    Files.copy(file, place, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private static void copyFile(String from, Path to) throws IOException {
        if (!from.isBlank()) {
            Files.copy(Path.of(from), to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
