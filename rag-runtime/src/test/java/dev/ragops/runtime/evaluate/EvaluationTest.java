package dev.ragops.runtime.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ragops.runtime.chunk.Chunker;
import dev.ragops.runtime.chunk.ChunkingConfig;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.embed.EmbedderSpec;
import dev.ragops.runtime.embed.Embedders;
import dev.ragops.runtime.search.RetrievalConfig;
import dev.ragops.runtime.search.Searcher;
import dev.ragops.runtime.search.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {
    @TempDir
    private Path folder;

    private void write(String corpus, String queries, String qrels) throws IOException {
        Files.writeString(folder.resolve("corpus.jsonl"), corpus);
        Files.writeString(folder.resolve("queries.jsonl"), queries);
        Files.writeString(folder.resolve("qrels.tsv"), qrels);
    }

    private void small() throws IOException {
        write("""
                {"_id": "a", "title": "Rollback", "text": "To undo a release, run the rollback command. It restores the previous version."}
                {"_id": "b", "title": "", "text": "Bananas are yellow. They contain potassium and taste sweet."}
                {"_id": "c", "title": "Metrics", "text": "Latency and error rate are scraped every fifteen seconds."}

                """, """
                {"_id": "1", "text": "how do I undo a deployment"}
                {"_id": "2", "text": "which fruit has potassium"}
                {"_id": "3", "text": "nobody judged this"}
                """, "query-id\tcorpus-id\tscore\n1\ta\t2\n1\tc\t0\n2\tb\t1\n");
    }

    @Nested
    class A_folder {
        @Test
        void is_read_with_questions_in_order_and_their_grades() throws IOException {
            small();
            BeirFolder read = BeirFolder.read(folder, "test");
            assertThat(read.documents())
                    .hasSize(3)
                    .first()
                    .isEqualTo(new BeirFolder.Text(
                            "a",
                            "Rollback",
                            "To undo a release, run the rollback command. It restores the previous version."));
            assertThat(read.questions()).extracting(Judged::id).containsExactly("1", "2", "3");
            assertThat(read.questions().getFirst().grades()).isEqualTo(Map.of("a", 2, "c", 0));
            assertThat(read.questions().getLast().hasRelevant()).isFalse();
        }

        @Test
        void judgements_may_lie_where_beir_puts_them() throws IOException {
            small();
            Files.createDirectory(folder.resolve("qrels"));
            Files.move(folder.resolve("qrels.tsv"), folder.resolve("qrels").resolve("test.tsv"));
            assertThat(BeirFolder.read(folder, "test").questions().getFirst().grades())
                    .containsKey("a");
        }

        @Test
        void that_is_malformed_is_refused_with_file_and_line() throws IOException {
            write("{\"_id\": \"a\", \"text\": \"x\"}\n{oops\n", "", "");
            assertRefused("corpus.jsonl line 2 is not JSON");
            write("{\"_id\": \"a\"}\n", "", "");
            assertRefused("corpus.jsonl line 1 has no field text");
            write("{\"_id\": \"a\", \"text\": \"x\"}\n", "{\"_id\":\"1\",\"text\":\"q\"}\n", "1\ta\n");
            assertRefused("qrels.tsv line 1 wants query, document and grade");
            write("{\"_id\": \"a\", \"text\": \"x\"}\n", "{\"_id\":\"1\",\"text\":\"q\"}\n", "1\ta\thigh\n");
            assertRefused("qrels.tsv line 1");
            write("[]\n", "", "");
            assertRefused("corpus.jsonl line 1 is not a JSON object");
            write("{\"_id\": \"\", \"text\": \"x\"}\n", "", "");
            assertRefused("corpus.jsonl line 1 has an empty _id");
            write("\n", "", "");
            assertRefused("corpus.jsonl holds no document");
            String corpus = "{\"_id\": \"a\", \"text\": \"x\"}\n";
            String queries = "{\"_id\":\"1\",\"text\":\"q\"}\n";
            write(corpus + corpus, "", "");
            assertRefused("corpus.jsonl line 2 repeats the document a");
            write(corpus, queries + "\n" + queries, "");
            assertRefused("queries.jsonl line 3 repeats the query 1");
            write(corpus, queries, "1\ta\t1\n1\ta\t2\n");
            assertRefused("qrels.tsv line 2 repeats the judgement 1 a");
            write(corpus, queries, "1\ta\t0\n2\ta\t1\n");
            assertRefused("qrels.tsv names no relevant document");
            Files.write(folder.resolve("queries.jsonl"), new byte[] {(byte) 0xff, '\n'});
            assertRefused("queries.jsonl is not UTF-8");
            Files.delete(folder.resolve("queries.jsonl"));
            assertRefused("queries.jsonl is missing");
        }

        @Test
        void keeps_its_tuning_split_apart() throws IOException {
            small();
            assertThatThrownBy(() -> BeirFolder.read(folder, "tuning")).hasMessageContaining("has no tuning split");

            Files.createDirectory(folder.resolve("qrels"));
            Files.writeString(folder.resolve("qrels").resolve("train.tsv"), "2\tb\t1\n");
            assertThat(BeirFolder.read(folder, "tuning").questions())
                    .filteredOn(Judged::hasRelevant)
                    .extracting(Judged::id)
                    .containsExactly("2");
            Files.writeString(folder.resolve("qrels").resolve("dev.tsv"), "1\ta\t1\n");
            assertThat(BeirFolder.read(folder, "tuning").questions())
                    .filteredOn(Judged::hasRelevant)
                    .extracting(Judged::id)
                    .containsExactly("1");
        }

        private void assertRefused(String message) {
            assertThatThrownBy(() -> BeirFolder.read(folder, "test"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining(message);
        }
    }

    @Nested
    class With_the_real_model {
        @Test
        void a_run_ranks_and_tuning_reports_every_trial() throws IOException {
            small();
            BeirFolder read = BeirFolder.read(folder, "test");
            try (Embedder embedder = Embedders.open(
                    new EmbedderSpec.Builtin("all-MiniLM-L6-v2-q"), folder, new Embedders.Resources(1, 0))) {
                View view = Evaluation.index(
                        embedder,
                        new Chunker(embedder, ChunkingConfig.DEFAULT),
                        read.documents(),
                        RetrievalConfig.IndexKind.AUTO,
                        Evaluation.Progress.SILENT);
                List<Ranking> run = Evaluation.run(
                        new Searcher(embedder, RetrievalConfig.DEFAULT),
                        view,
                        read.questions(),
                        Evaluation.Progress.SILENT);
                assertThat(run).hasSize(3);
                assertThat(Figure.NDCG_AT_10.mean(Metrics.perQuestion(read.questions(), run, Cutoffs.DEFAULT)))
                        .isEqualTo(1, within(1e-9));

                Tuner.Outcome outcome = Tuner.tune(
                        embedder,
                        read.documents(),
                        read.questions(),
                        RetrievalConfig.DEFAULT,
                        ChunkingConfig.DEFAULT,
                        List.of(new ChunkingConfig(64, 16)),
                        Evaluation.Progress.SILENT);
                assertThat(outcome.trials()).hasSize(20);
                // Nothing can beat a perfect ranking: what was given stays.
                assertThat(outcome.best()).isEqualTo(outcome.trials().getFirst());
                assertThat(outcome.best().fusion()).isEqualTo(RetrievalConfig.DEFAULT.fusion());
                assertThat(outcome.gain().difference()).isEqualTo(new Interval(0, 0, 0));

                RetrievalConfig ranks = RetrievalConfig.DEFAULT.withFusion(new RetrievalConfig.Fusion.ReciprocalRank());
                Tuner.Outcome ofRanks = Tuner.tune(
                        embedder,
                        read.documents(),
                        read.questions(),
                        ranks,
                        ChunkingConfig.DEFAULT,
                        List.of(),
                        Evaluation.Progress.SILENT);
                assertThat(ofRanks.trials()).hasSize(10).doesNotHaveDuplicates();
                assertThat(ofRanks.trials().getFirst().fusion()).isEqualTo(ranks.fusion());

                List<Judged> unjudged = List.of(read.questions().getLast());
                assertThatThrownBy(() -> Tuner.tune(
                                embedder,
                                read.documents(),
                                unjudged,
                                RetrievalConfig.DEFAULT,
                                ChunkingConfig.DEFAULT,
                                List.of(),
                                Evaluation.Progress.SILENT))
                        .hasMessageContaining("tuning split");
            }
        }
    }

    @Nested
    class Significance {
        private List<Metrics.PerQuestion> rows(double... ndcg) {
            List<Metrics.PerQuestion> rows = new ArrayList<>();
            for (int i = 0; i < ndcg.length; i++) {
                rows.add(new Metrics.PerQuestion("q" + i, ndcg[i], Map.of(), 0, 0));
            }
            return rows;
        }

        @Test
        void an_interval_holds_its_mean_and_narrows_with_more_questions() {
            double[] few = {0, 1, 0, 1, 1};
            double[] many = new double[500];
            for (int i = 0; i < many.length; i++) {
                many[i] = few[i % 5];
            }
            Interval wide = Interval.of(few);
            Interval narrow = Interval.of(many);
            assertThat(wide.mean()).isEqualTo(0.6, within(1e-12)).isBetween(wide.low(), wide.high());
            assertThat(narrow.high() - narrow.low()).isLessThan((wide.high() - wide.low()) / 5);
            assertThat(Interval.of(few)).isEqualTo(wide);
            assertThat(Interval.of(new double[0])).isEqualTo(new Interval(0, 0, 0));
        }

        @Test
        void a_small_steady_gain_is_seen_that_unpaired_means_would_hide() {
            double[] before = new double[60];
            double[] after = new double[60];
            for (int i = 0; i < 60; i++) {
                before[i] = i % 10 / 10.0;
                after[i] = before[i] + (i % 3 == 0 ? 0.05 : 0.0);
            }
            Comparison comparison = Comparison.of(rows(before), rows(after), Figure.NDCG_AT_10);
            assertThat(comparison.difference().excludesZero()).isTrue();
            assertThat(comparison.better()).isEqualTo(20);
            assertThat(comparison.worse()).isZero();
            assertThat(comparison.equal()).isEqualTo(40);
        }

        @Test
        void different_questions_cannot_be_compared() {
            assertThatThrownBy(() -> Comparison.of(rows(1), rows(1, 1), Figure.NDCG_AT_10))
                    .hasMessageContaining("same questions");
            assertThatThrownBy(() -> Comparison.of(
                            rows(1), List.of(new Metrics.PerQuestion("other", 1, Map.of(), 0, 0)), Figure.NDCG_AT_10))
                    .hasMessageContaining("other");
        }
    }
}
