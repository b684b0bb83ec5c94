package dev.ragops.runtime.cli;

import dev.ragops.runtime.bundle.Bundle;
import dev.ragops.runtime.bundle.JsonLines;
import dev.ragops.runtime.config.RagConfig;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.embed.Embedders;
import dev.ragops.runtime.evaluate.BeirFolder;
import dev.ragops.runtime.evaluate.Judged;
import dev.ragops.runtime.search.RetrievalConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures ranking quality and prints it as one line of JSON. */
@Command(
        name = "evaluate",
        description = {
            "Measure ranking quality; prints one line of JSON.",
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
            description = "of golden.jsonl: tuning or test (default ${DEFAULT-VALUE})",
            defaultValue = "test")
    String split = "test";

    @Override
    public Integer call() {
        RagConfig config = bundle.isBlank()
                ? RagConfig.DEFAULT
                : Bundle.open(Path.of(bundle)).config();
        if (!mode.isBlank()) {
            RetrievalConfig.Mode wanted = Arrays.stream(RetrievalConfig.Mode.values())
                    .filter(value -> value.name().toLowerCase(Locale.ROOT).equals(mode))
                    .findFirst()
                    .orElseThrow(() ->
                            new dev.ragops.runtime.config.ConfigException("--mode must be hybrid, dense or lexical"));
            config = new RagConfig(
                    config.name(),
                    config.embedder(),
                    config.chunking(),
                    config.retrieval().withMode(wanted),
                    config.answer());
        }
        List<BeirFolder.Text> documents;
        List<Judged> questions;
        if (Files.exists(folder.resolve(Bundle.GOLDEN_FILE))) {
            documents = Assessment.texts(JsonLines.documents(folder.resolve(Bundle.DOCUMENTS_FILE)));
            questions = Assessment.questions(JsonLines.golden(folder.resolve(Bundle.GOLDEN_FILE)), split);
        } else {
            BeirFolder beir = BeirFolder.read(folder);
            documents = beir.documents();
            questions = beir.questions();
        }
        Path directory = bundle.isBlank() ? Path.of(".") : Path.of(bundle);
        try (Embedder embedder =
                Embedders.open(config.embedder(), directory, new Embedders.Resources(Cpus.count(), 0))) {
            System.out.println(
                    Assessment.of(config, embedder, documents, questions).json());
        }
        return 0;
    }
}
