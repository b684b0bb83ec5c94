package dev.ragops.runtime.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ragops.runtime.chunk.Chunker;
import dev.ragops.runtime.config.RagConfig;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.evaluate.Comparison;
import dev.ragops.runtime.evaluate.Cutoffs;
import dev.ragops.runtime.evaluate.Evaluation;
import dev.ragops.runtime.evaluate.Figure;
import dev.ragops.runtime.evaluate.Interval;
import dev.ragops.runtime.evaluate.InvalidInputException;
import dev.ragops.runtime.evaluate.Judged;
import dev.ragops.runtime.evaluate.Metrics;
import dev.ragops.runtime.evaluate.Ranking;
import dev.ragops.runtime.search.Searcher;
import dev.ragops.runtime.search.View;
import java.io.BufferedWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The ranking quality of a run, as it is reported.
 *
 * @param rows one for each question with a relevant document
 * @param figures what is reported of them
 */
record Assessment(List<Ranking> run, List<Metrics.PerQuestion> rows, List<Figure> figures) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DECIMALS = 4;

    /** Asks the questions of an index of the documents, through the classes that serve. */
    static Assessment of(
            RagConfig config, Embedder embedder, Collection collection, Cutoffs cutoffs, Evaluation.Progress progress) {
        View view = Evaluation.index(
                embedder,
                new Chunker(embedder, config.chunking()),
                collection.documents(),
                config.retrieval().index(),
                progress);
        Searcher searcher = new Searcher(embedder, config.retrieval());
        return of(collection.questions(), Evaluation.run(searcher, view, collection.questions(), progress), cutoffs);
    }

    static Assessment of(List<Judged> questions, List<Ranking> run, Cutoffs cutoffs) {
        return new Assessment(run, Metrics.perQuestion(questions, run, cutoffs), Figure.all(cutoffs));
    }

    /** By the names they have in MLflow. */
    Map<String, Double> named() {
        Map<String, Double> named = new LinkedHashMap<>();
        for (Figure figure : figures) {
            named.put(figure.label(), figure.mean(rows));
        }
        return named;
    }

    /** Means, and within which bounds they hold for other questions of the kind. */
    ObjectNode report() {
        ObjectNode report = JSON.createObjectNode().put("queries", rows.size());
        ObjectNode intervals = JSON.createObjectNode();
        for (Figure figure : figures) {
            Interval interval = figure.over(rows);
            report.put(figure.label(), rounded(interval.mean()));
            bounds(intervals, figure.label(), interval);
        }
        report.set("intervals", intervals);
        return report;
    }

    /** What this run has over another one, question by question. */
    ObjectNode over(Assessment other) {
        ObjectNode report = JSON.createObjectNode();
        for (Figure figure : figures) {
            report.set(figure.label(), compared(Comparison.of(other.rows, rows, figure)));
        }
        return report;
    }

    static ObjectNode compared(Comparison comparison) {
        ObjectNode node = JSON.createObjectNode()
                .put("difference", rounded(comparison.difference().mean()));
        bounds(node, "interval", comparison.difference());
        return node.put("better", comparison.better())
                .put("worse", comparison.worse())
                .put("equal", comparison.equal());
    }

    /** Tab-separated, one row a question, a header line first. */
    void writePerQuery(Path file) {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write("query-id");
            for (Figure figure : figures) {
                out.write("\t" + figure.label());
            }
            for (Metrics.PerQuestion row : rows) {
                out.write("\n" + row.questionId());
                for (Figure figure : figures) {
                    out.write("\t" + rounded(figure.of(row)));
                }
            }
            out.write("\n");
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be written: " + e, e);
        }
    }

    private static void bounds(ObjectNode node, String name, Interval interval) {
        node.putArray(name).add(rounded(interval.low())).add(rounded(interval.high()));
    }

    static BigDecimal rounded(double value) {
        return BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_EVEN);
    }
}
