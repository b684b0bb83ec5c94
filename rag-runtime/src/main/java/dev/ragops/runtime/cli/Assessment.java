package dev.ragops.runtime.cli;

import dev.ragops.runtime.bundle.JsonLines.GoldenQuestion;
import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.chunk.Chunker;
import dev.ragops.runtime.config.RagConfig;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.evaluate.BeirFolder;
import dev.ragops.runtime.evaluate.Evaluation;
import dev.ragops.runtime.evaluate.Judged;
import dev.ragops.runtime.evaluate.Metrics;
import dev.ragops.runtime.search.Searcher;
import dev.ragops.runtime.search.View;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The ranking quality of a configuration on a collection, through the classes that serve. */
record Assessment(View view, Metrics metrics) {
    static Assessment of(RagConfig config, Embedder embedder, List<BeirFolder.Text> documents, List<Judged> questions) {
        View view = Evaluation.index(
                embedder,
                new Chunker(embedder.tokenizer(), config.chunking()),
                documents,
                config.retrieval().index());
        Searcher searcher = new Searcher(embedder, config.retrieval());
        return new Assessment(view, Metrics.of(questions, Evaluation.run(searcher, view, questions)));
    }

    static List<BeirFolder.Text> texts(List<SourceDocument> documents) {
        return documents.stream()
                .map(document -> new BeirFolder.Text(document.id(), document.title(), document.text()))
                .toList();
    }

    /** @param split empty: all of them */
    static List<Judged> questions(List<GoldenQuestion> golden, String split) {
        return golden.stream()
                .filter(question -> split.isEmpty() || question.split().equals(split))
                .map(question -> new Judged(question.id(), question.query(), question.relevant()))
                .toList();
    }

    /** By the names they have in MLflow. */
    Map<String, Double> named() {
        Map<String, Double> named = new LinkedHashMap<>();
        named.put("ndcg_at_10", metrics.ndcgAt10());
        named.put("recall_at_10", metrics.recallAt10());
        named.put("recall_at_100", metrics.recallAt100());
        named.put("mrr", metrics.mrr());
        named.put("map", metrics.map());
        return named;
    }

    String json() {
        StringBuilder out = new StringBuilder("{\"queries\": " + metrics.queries());
        named().forEach((name, value) -> out.append(String.format(Locale.ROOT, ", \"%s\": %.4f", name, value)));
        return out.append('}').toString();
    }
}
