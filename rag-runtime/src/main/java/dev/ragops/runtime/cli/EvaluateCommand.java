package dev.ragops.runtime.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ragops.runtime.bundle.Bundle;
import dev.ragops.runtime.config.ConfigException;
import dev.ragops.runtime.config.RagConfig;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.embed.Embedders;
import dev.ragops.runtime.evaluate.Cutoffs;
import dev.ragops.runtime.evaluate.RunFile;
import dev.ragops.runtime.search.RetrievalConfig;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures ranking quality and prints it as one line of JSON. */
@Command(
        name = "evaluate",
        description = {
            "Measure ranking quality; prints one line of JSON on stdout, progress on stderr.",
            "DIR holds corpus.jsonl, queries.jsonl, qrels.tsv (BEIR layout), or documents.jsonl and golden.jsonl."
        },
        mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "the collection")
    Path folder = Path.of(".");

    @Option(
            names = "--bundle",
            paramLabel = "DIR",
            description = "configuration and embedder of this bundle; default: the built-in ones")
    String bundle = "";

    @Option(names = "--mode", description = "hybrid, dense or lexical; default: as configured")
    String mode = "";

    @Option(
            names = "--split",
            description =
                    "tuning or test (default ${DEFAULT-VALUE}); of BEIR folders qrels/dev.tsv or train.tsv, and test.tsv",
            defaultValue = Collection.TEST)
    String split = Collection.TEST;

    @Option(
            names = "--k",
            paramLabel = "K",
            split = ",",
            description = "ranks at which recall is taken, 1 to 1000 (default 10,100): recall_at_K in the report")
    List<Integer> ranks = Cutoffs.DEFAULT.ranks();

    @Option(names = "--run", paramLabel = "FILE", description = "write the rankings here, as a TREC run file")
    Optional<Path> run = Optional.empty();

    @Option(names = "--per-query", paramLabel = "FILE", description = "write each query's figures here, tab-separated")
    Optional<Path> perQuery = Optional.empty();

    @Option(
            names = "--compare",
            paramLabel = "RUN",
            description =
                    "a TREC run file over the same queries: report what this run has over it, paired, with intervals")
    Optional<Path> compare = Optional.empty();

    @Option(
            names = "--score",
            paramLabel = "RUN",
            description = "measure this TREC run file, made by any system, instead of searching")
    Optional<Path> score = Optional.empty();

    @Override
    public Integer call() {
        Cutoffs cutoffs = new Cutoffs(ranks);
        Collection collection = Collection.read(folder, split());
        Optional<Assessment> other =
                compare.map(file -> Assessment.of(collection.questions(), RunFile.read(file), cutoffs));
        Assessment assessment = score.map(file -> Assessment.of(collection.questions(), RunFile.read(file), cutoffs))
                .orElseGet(() -> searched(collection, cutoffs));
        run.ifPresent(file -> RunFile.write(file, assessment.run()));
        perQuery.ifPresent(assessment::writePerQuery);
        ObjectNode report = assessment.report();
        other.ifPresent(base -> report.set("compared", assessment.over(base)));
        System.out.println(report);
        return 0;
    }

    private Assessment searched(Collection collection, Cutoffs cutoffs) {
        RagConfig config = config();
        Path directory = bundle.isBlank() ? Path.of(".") : Path.of(bundle);
        try (Embedder embedder =
                Embedders.open(config.embedder(), directory, new Embedders.Resources(Cpus.count(), 0))) {
            return Assessment.of(config, embedder, collection, cutoffs, new StderrProgress());
        }
    }

    private RagConfig config() {
        RagConfig config = bundle.isBlank()
                ? RagConfig.DEFAULT
                : Bundle.open(Path.of(bundle)).config();
        return mode.isBlank() ? config : config.withRetrieval(config.retrieval().withMode(mode()));
    }

    private RetrievalConfig.Mode mode() {
        return Arrays.stream(RetrievalConfig.Mode.values())
                .filter(value -> value.name().toLowerCase(Locale.ROOT).equals(mode))
                .findFirst()
                .orElseThrow(() -> new ConfigException("--mode must be hybrid, dense or lexical, not '" + mode + "'"));
    }

    private String split() {
        if (!split.equals(Collection.TEST) && !split.equals(Collection.TUNING)) {
            throw new ConfigException("--split must be tuning or test, not '" + split + "'");
        }
        return split;
    }
}
