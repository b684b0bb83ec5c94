package dev.ragops.runtime.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsTest {
    private static final Offset<Double> EXACT = within(1e-9);

    private static final Cutoffs CUTOFFS = new Cutoffs(List.of(100, 1, 10, 5, 1));

    private static Path resource(String name) {
        try {
            URL found = Objects.requireNonNull(MetricsTest.class.getResource(name), name);
            return Path.of(found.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs and figures made by {@code src/test/ir-measures/regenerate}. */
    @Nested
    class Against_ir_measures {
        @ParameterizedTest
        @ValueSource(strings = {"awkward", "samples"})
        void every_question_and_the_mean_are_equal(String name) throws IOException {
            List<Metrics.PerQuestion> rows =
                    Metrics.perQuestion(judged(name), RunFile.read(resource(name + ".run")), CUTOFFS);
            Map<String, Map<String, Double>> expected = expected(name);

            assertThat(rows)
                    .extracting(Metrics.PerQuestion::questionId)
                    .containsExactlyInAnyOrderElementsOf(expected.keySet().stream()
                            .filter(id -> !id.equals("all"))
                            .toList());
            for (Figure figure : Figure.all(CUTOFFS)) {
                for (Metrics.PerQuestion row : rows) {
                    assertThat(figure.of(row))
                            .as("%s of %s", figure.label(), row.questionId())
                            .isEqualTo(cell(expected, row.questionId(), figure), EXACT);
                }
                assertThat(figure.over(rows).mean())
                        .as("mean %s", figure.label())
                        .isEqualTo(cell(expected, "all", figure), EXACT);
            }
        }

        private double cell(Map<String, Map<String, Double>> rows, String question, Figure figure) {
            return Objects.requireNonNull(rows.getOrDefault(question, Map.of()).get(figure.label()), figure.label());
        }

        private List<Judged> judged(String name) throws IOException {
            Map<String, Map<String, Integer>> grades = new LinkedHashMap<>();
            Files.readAllLines(resource(name + ".qrels.tsv")).stream().skip(1).forEach(line -> {
                String[] cells = line.split("\t");
                grades.computeIfAbsent(cells[0], _ -> new HashMap<>()).put(cells[1], Integer.valueOf(cells[2]));
            });
            return grades.entrySet().stream()
                    .map(entry -> new Judged(entry.getKey(), "", entry.getValue()))
                    .toList();
        }

        private Map<String, Map<String, Double>> expected(String name) throws IOException {
            List<String> lines = Files.readAllLines(resource(name + ".expected.tsv"));
            String[] labels = lines.getFirst().split("\t");
            Map<String, Map<String, Double>> rows = new HashMap<>();
            for (String line : lines.subList(1, lines.size())) {
                String[] cells = line.split("\t");
                Map<String, Double> row = rows.computeIfAbsent(cells[0], _ -> new HashMap<>());
                for (int i = 1; i < cells.length; i++) {
                    row.put(labels[i], Double.valueOf(cells[i]));
                }
            }
            return rows;
        }
    }

    @Nested
    class A_run_file {
        @TempDir
        Path directory;

        @Test
        void is_read_as_it_was_written() {
            List<Ranking> run = List.of(
                    Ranking.ofChunks("q1", List.of(new Ranking.Scored("a", 1.0 / 3), new Ranking.Scored("b", 0.25))),
                    Ranking.ofChunks("q2", List.of(new Ranking.Scored("b", -1))));
            Path file = directory.resolve("x.run");

            RunFile.write(file, run);

            assertThat(RunFile.read(file)).isEqualTo(run);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "q Q0 d 1 0.5|wants query, Q0, document, rank, score and tag",
                    "q Q0 d 1 high tag|has the score 'high'",
                    "q Q0 a 2 0.1 tag|repeats the document a of query q"
                })
        void that_is_none_is_refused_with_file_and_line(String line, String why) throws IOException {
            Path file = Files.writeString(directory.resolve("x.run"), "q Q0 a 1 0.5 tag\n" + line + "\n");

            assertThatThrownBy(() -> RunFile.read(file))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("x.run line 2 " + why);
        }

        @Test
        void that_is_not_there_or_cannot_be_written_is_named() {
            assertThatThrownBy(() -> RunFile.read(directory.resolve("none"))).hasMessageContaining("none is missing");
            assertThatThrownBy(() -> RunFile.write(directory.resolve("no/where"), List.of()))
                    .hasMessageContaining("cannot be written");
        }

        @Test
        void cannot_carry_ids_with_white_space() {
            List<Ranking> run = List.of(Ranking.ofChunks("q", List.of(new Ranking.Scored("a b", 1))));

            assertThatThrownBy(() -> RunFile.write(directory.resolve("x.run"), run))
                    .hasMessageContaining("'a b' holds white space");
        }
    }

    @Test
    void chunks_count_once_at_the_place_of_their_documents_best() {
        Ranking ranking = Ranking.ofChunks(
                "q",
                List.of(
                        new Ranking.Scored("a", 0.25),
                        new Ranking.Scored("b", 0.5),
                        new Ranking.Scored("a", 0.75),
                        new Ranking.Scored("b", 0.125)));
        assertThat(ranking.documents()).containsExactly(new Ranking.Scored("a", 0.75), new Ranking.Scored("b", 0.5));
    }

    @Test
    void a_question_without_a_ranking_counts_zero() {
        List<Judged> questions = List.of(new Judged("a", "", Map.of("d", 1)), new Judged("b", "", Map.of("d", 1)));
        List<Ranking> run = List.of(new Ranking("a", List.of(new Ranking.Scored("d", 1))));
        assertThat(Figure.NDCG_AT_10.mean(Metrics.perQuestion(questions, run, Cutoffs.DEFAULT)))
                .isEqualTo(0.5, EXACT);
    }
}
