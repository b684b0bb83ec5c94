package dev.ragops.runtime.cli;

import dev.ragops.runtime.bundle.Bundle;
import dev.ragops.runtime.bundle.BundleBuilder;
import dev.ragops.runtime.bundle.BundleException;
import dev.ragops.runtime.bundle.JsonLines;
import dev.ragops.runtime.bundle.VectorsFile;
import dev.ragops.runtime.chunk.Chunker;
import dev.ragops.runtime.config.RagConfig;
import dev.ragops.runtime.config.RagYaml;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.embed.EmbedderSpec;
import dev.ragops.runtime.embed.Embedders;
import dev.ragops.runtime.evaluate.BeirFolder;
import dev.ragops.runtime.evaluate.Cutoffs;
import dev.ragops.runtime.evaluate.Evaluation;
import dev.ragops.runtime.search.Passage;
import dev.ragops.runtime.search.RetrievalConfig.Fusion;
import dev.ragops.runtime.store.Contents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The directory in which a bundle is put together: taken away afterwards unless a person asked to keep it. */
record Workshop(Path directory, boolean kept) implements AutoCloseable {
    /**
     * A bundle, with what is noted about it.
     *
     * @param metrics on the test split, by name; empty without golden questions
     */
    record Made(Bundle bundle, Map<String, String> parameters, Map<String, Double> metrics) {}

    /** @throws BundleException when the place is taken: what lies there would become part of the bundle */
    static Workshop open(Optional<Path> output) throws IOException {
        if (output.isEmpty()) {
            return new Workshop(Files.createTempDirectory("ragops-bundle"), false);
        }
        Path directory = Files.createDirectories(output.get());
        try (Stream<Path> inside = Files.list(directory)) {
            if (inside.findAny().isPresent()) {
                throw new BundleException("--output " + directory + " is not empty: name a new directory");
            }
        }
        return new Workshop(directory, true);
    }

    /** @throws BundleException naming the file that is missing or wrong */
    Made make(Path source, Optional<Path> documents, Optional<Path> golden, Evaluation.Progress progress)
            throws IOException {
        if (!Files.isRegularFile(source.resolve(Bundle.CONFIG_FILE))) {
            throw new BundleException(source + " has no " + Bundle.CONFIG_FILE);
        }
        copy(source);
        take(documents, Bundle.DOCUMENTS_FILE);
        take(golden, Bundle.GOLDEN_FILE);
        RagConfig config = RagYaml.parse(Files.readAllBytes(directory.resolve(Bundle.CONFIG_FILE)), Bundle.CONFIG_FILE);
        Map<String, Double> metrics = new LinkedHashMap<>();
        Map<String, String> parameters = parameters(config);
        try (Embedder embedder =
                Embedders.open(config.embedder(), directory, new Embedders.Resources(Cpus.count(), 0))) {
            parameters.put("embedder.fingerprint", embedder.fingerprint());
            if (Files.exists(directory.resolve(Bundle.DOCUMENTS_FILE))) {
                measure(config, embedder, metrics, progress);
            }
        }
        return new Made(BundleBuilder.seal(directory), parameters, metrics);
    }

    private void measure(RagConfig config, Embedder embedder, Map<String, Double> metrics, Evaluation.Progress progress)
            throws IOException {
        List<BeirFolder.Text> texts = Collection.texts(JsonLines.documents(directory.resolve(Bundle.DOCUMENTS_FILE)));
        writeVectors(config, embedder, texts);
        Path golden = directory.resolve(Bundle.GOLDEN_FILE);
        if (Files.exists(golden)) {
            Collection collection = new Collection(texts, Collection.questions(golden, Collection.TEST));
            metrics.putAll(Assessment.of(config, embedder, collection, Cutoffs.DEFAULT, progress)
                    .named());
        }
    }

    /** So that no pod embeds the bundle's documents again. */
    private void writeVectors(RagConfig config, Embedder embedder, List<BeirFolder.Text> texts) throws IOException {
        Chunker chunker = new Chunker(embedder, config.chunking());
        List<String> inputs = texts.stream()
                .flatMap(document -> chunker.chunk(document.title(), document.text()).stream()
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
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("name", config.name());
        parameters.put(
                "embedder",
                switch (config.embedder()) {
                    case EmbedderSpec.Builtin builtin -> builtin.name();
                    case EmbedderSpec.Bundled bundled -> bundled.model();
                });
        parameters.put("chunking.max_tokens", String.valueOf(config.chunking().maxTokens()));
        parameters.put(
                "chunking.overlap_tokens", String.valueOf(config.chunking().overlapTokens()));
        parameters.put("retrieval.mode", config.retrieval().mode().name().toLowerCase(Locale.ROOT));
        parameters.put("retrieval.candidates", String.valueOf(config.retrieval().candidates()));
        parameters.put(
                "retrieval.fusion",
                switch (config.retrieval().fusion()) {
                    case Fusion.Convex convex -> "convex " + convex.denseWeight();
                    case Fusion.ReciprocalRank() -> "rrf";
                });
        parameters.put("answer.kind", config.answer().kind().name().toLowerCase(Locale.ROOT));
        return parameters;
    }

    private void copy(Path from) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path file : (Iterable<Path>) tree::iterator) {
                Path place = directory.resolve(from.relativize(file).toString());
                if (Files.isSymbolicLink(file)) {
                    throw new BundleException(from.relativize(file) + " is a link; a bundle holds files only");
                }
                if (Files.isDirectory(file)) {
                    Files.createDirectories(place);
                } else {
                    Files.copy(file, place, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private void take(Optional<Path> from, String name) throws IOException {
        if (from.isPresent()) {
            try {
                Files.copy(from.get(), directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            } catch (NoSuchFileException e) {
                throw new BundleException(from.get() + " is missing; it was to be the bundle's " + name, e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (!kept) {
            try (Stream<Path> tree = Files.walk(directory)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }
}
