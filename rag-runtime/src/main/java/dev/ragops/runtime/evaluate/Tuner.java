package dev.ragops.runtime.evaluate;

import dev.ragops.runtime.chunk.Chunker;
import dev.ragops.runtime.chunk.ChunkingConfig;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.search.RetrievalConfig;
import dev.ragops.runtime.search.RetrievalConfig.Fusion;
import dev.ragops.runtime.search.Searcher;
import dev.ragops.runtime.search.View;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Chooses what a bundle may choose, fusion and chunk size, on questions that no one reports on afterwards. */
public final class Tuner {
    private static final List<Double> WEIGHTS = List.of(0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0);

    /**
     * A gain below this is noise on any split people have; the given configuration is then kept.
     */
    private static final double LEAST_GAIN = 0.005;

    private Tuner() {}

    /** One configuration tried, with a row for each question of the tuning split. */
    public record Trial(ChunkingConfig chunking, Fusion fusion, List<Metrics.PerQuestion> rows) {
        public Trial {
            rows = List.copyOf(rows);
        }

        public double ndcgAt10() {
            return Figure.NDCG_AT_10.mean(rows);
        }
    }

    /**
     * @param trials all that was tried, in order; the first is the configuration given
     */
    public record Outcome(Trial best, List<Trial> trials) {
        public Outcome {
            trials = List.copyOf(trials);
        }

        /**
         * What the best has over the given configuration, on the questions it was chosen by: the best of many trials looks better there than it is.
         */
        public Comparison gain() {
            return Comparison.of(trials.getFirst().rows(), best.rows(), Figure.NDCG_AT_10);
        }
    }

    /**
     * Tries every chunk size with every weight and with reciprocal ranks; the best NDCG@10 wins, the given configuration unless it is beaten by
     * more than noise.
     *
     * @param tuning the tuning split only
     * @param given what the bundle says now
     * @param sizes chunk sizes to try besides the given one; each embeds the corpus again
     */
    public static Outcome tune(
            Embedder embedder,
            List<BeirFolder.Text> documents,
            List<Judged> tuning,
            RetrievalConfig retrieval,
            ChunkingConfig given,
            List<ChunkingConfig> sizes,
            Evaluation.Progress progress) {
        if (tuning.stream().noneMatch(Judged::hasRelevant)) {
            throw new IllegalArgumentException("no question of the tuning split has a relevant document");
        }
        // The given one first, as it is.
        Set<Fusion> fusions = new LinkedHashSet<>(List.of(retrieval.fusion()));
        WEIGHTS.forEach(weight -> fusions.add(new Fusion.Convex(weight)));
        fusions.add(new Fusion.ReciprocalRank());
        List<Trial> trials = new ArrayList<>();
        List<ChunkingConfig> all = new ArrayList<>(List.of(given));
        sizes.stream().filter(size -> !size.equals(given)).forEach(all::add);
        for (ChunkingConfig size : all) {
            View view = Evaluation.index(
                    embedder, new Chunker(embedder, size), documents, RetrievalConfig.IndexKind.EXACT, progress);
            for (Fusion fusion : fusions) {
                Searcher searcher = new Searcher(embedder, retrieval.withFusion(fusion));
                List<Ranking> run = Evaluation.run(searcher, view, tuning, Evaluation.Progress.SILENT);
                trials.add(new Trial(size, fusion, Metrics.perQuestion(tuning, run, Cutoffs.DEFAULT)));
                progress.done("configurations tried", trials.size(), all.size() * fusions.size());
            }
        }
        Trial best = trials.getFirst();
        for (Trial trial : trials) {
            double bar = trials.getFirst().ndcgAt10() + LEAST_GAIN;
            if (trial.ndcgAt10() > Math.max(bar, best.ndcgAt10())) {
                best = trial;
            }
        }
        return new Outcome(best, trials);
    }
}
