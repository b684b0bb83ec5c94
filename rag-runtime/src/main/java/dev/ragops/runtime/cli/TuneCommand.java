package dev.ragops.runtime.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ragops.runtime.bundle.Bundle;
import dev.ragops.runtime.chunk.ChunkingConfig;
import dev.ragops.runtime.config.ConfigException;
import dev.ragops.runtime.config.RagConfig;
import dev.ragops.runtime.config.RagYaml;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.embed.Embedders;
import dev.ragops.runtime.evaluate.Comparison;
import dev.ragops.runtime.evaluate.Tuner;
import dev.ragops.runtime.search.RetrievalConfig.Fusion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Chooses fusion weight and chunk size on the tuning split, and says what that gained there. */
@Command(
        name = "tune",
        description = {
            "Choose fusion weight and chunk size on the tuning split of a collection; the test split is never read for it.",
            "Prints one line of JSON on stdout, progress on stderr. DIR as for evaluate: golden.jsonl with split tuning, or qrels/dev.tsv or qrels/train.tsv."
        },
        mixinStandardHelpOptions = true)
final class TuneCommand implements Callable<Integer> {
    /** Ten thousand questions and more: each is asked once for every configuration. */
    private static final long QUERY_CACHE_BYTES = 64L << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    @Parameters(paramLabel = "DIR", description = "the collection")
    Path folder = Path.of(".");

    @Option(
            names = "--bundle",
            paramLabel = "DIR",
            description = "folder with the rag.yaml (and embedder/) to start from; default: the built-in one")
    Optional<Path> bundle = Optional.empty();

    @Option(
            names = "--sizes",
            paramLabel = "TOKENS",
            split = ",",
            defaultValue = "64,128,200,256",
            description =
                    "chunk sizes to try besides the given one (default ${DEFAULT-VALUE}); each embeds the corpus again")
    List<Integer> sizes = List.of();

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "write the chosen sections here, to be put into rag.yaml")
    Optional<Path> output = Optional.empty();

    @Override
    public Integer call() throws IOException {
        RagConfig config = config();
        List<ChunkingConfig> tried =
                sizes.stream().map(size -> resized(config.chunking(), size)).toList();
        Collection collection = Collection.read(folder, Collection.TUNING);
        Tuner.Outcome outcome;
        try (Embedder embedder = Embedders.open(
                config.embedder(),
                bundle.orElse(Path.of(".")),
                new Embedders.Resources(Cpus.count(), QUERY_CACHE_BYTES))) {
            outcome = Tuner.tune(
                    embedder,
                    collection.documents(),
                    collection.questions(),
                    config.retrieval(),
                    config.chunking(),
                    tried,
                    new StderrProgress());
        }
        if (output.isPresent()) {
            Files.writeString(output.get(), fragment(outcome));
        }
        System.out.println(report(outcome));
        return 0;
    }

    private RagConfig config() throws IOException {
        if (bundle.isEmpty()) {
            return RagConfig.DEFAULT;
        }
        Path file = bundle.get().resolve(Bundle.CONFIG_FILE);
        if (!Files.isRegularFile(file)) {
            throw new ConfigException("--bundle: there is no " + file);
        }
        return RagYaml.parse(Files.readAllBytes(file), file.toString());
    }

    /** With as much overlap, in proportion, as the given one. */
    private static ChunkingConfig resized(ChunkingConfig given, int size) {
        try {
            return new ChunkingConfig(size, size * given.overlapTokens() / given.maxTokens());
        } catch (IllegalArgumentException e) {
            throw new ConfigException("--sizes: " + e.getMessage());
        }
    }

    private static ObjectNode report(Tuner.Outcome outcome) {
        ObjectNode report = JSON.createObjectNode()
                .put("split", Collection.TUNING)
                .put("queries", outcome.best().rows().size())
                .put("trials", outcome.trials().size());
        report.set("given", trial(outcome.trials().getFirst()));
        report.set("chosen", trial(outcome.best()));
        report.set("gain", Assessment.compared(outcome.gain()));
        return report;
    }

    private static ObjectNode trial(Tuner.Trial trial) {
        ObjectNode told = JSON.createObjectNode()
                .put("maxTokens", trial.chunking().maxTokens())
                .put("overlapTokens", trial.chunking().overlapTokens());
        switch (trial.fusion()) {
            case Fusion.Convex convex -> told.put("fusion", "convex").put("denseWeight", convex.denseWeight());
            case Fusion.ReciprocalRank() -> told.put("fusion", "rrf");
        }
        return told.put("ndcg_at_10", Assessment.rounded(trial.ndcgAt10()));
    }

    private static String fragment(Tuner.Outcome outcome) {
        Tuner.Trial best = outcome.best();
        Comparison gain = outcome.gain();
        return String.format(
                Locale.ROOT,
                """
                # Chosen on %d questions of the tuning split: NDCG@10 %.4f, before %.4f; difference %.4f [%.4f, %.4f].
                # The best of %d trials looks better on the questions it was chosen by than it is: measure it on the test split.
                chunking: {maxTokens: %d, overlapTokens: %d}
                retrieval:
                  fusion: {%s}
                """,
                best.rows().size(),
                best.ndcgAt10(),
                outcome.trials().getFirst().ndcgAt10(),
                gain.difference().mean(),
                gain.difference().low(),
                gain.difference().high(),
                outcome.trials().size(),
                best.chunking().maxTokens(),
                best.chunking().overlapTokens(),
                switch (best.fusion()) {
                    case Fusion.Convex convex -> "kind: convex, denseWeight: \"" + convex.denseWeight() + "\"";
                    case Fusion.ReciprocalRank() -> "kind: rrf";
                });
    }
}
