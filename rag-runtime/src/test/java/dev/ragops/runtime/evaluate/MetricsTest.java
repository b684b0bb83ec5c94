package dev.ragops.runtime.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final Offset<Double> EXACT = within(1e-9);

    @Nested
    class Against_ir_measures {
        /** Made once with ir-measures 0.4: graded judgements, ties, a question without answers, one without a relevant document. */
        private final JsonNode golden = golden();

        @Test
        void means_are_equal() {
            Metrics metrics = Metrics.of(questions(), run());
            JsonNode mean = golden.get("mean");
            assertThat(metrics.queries()).isEqualTo(11);
            assertThat(metrics.ndcgAt10()).isEqualTo(mean.get("ndcgAt10").asDouble(), EXACT);
            assertThat(metrics.recallAt10()).isEqualTo(mean.get("recallAt10").asDouble(), EXACT);
            assertThat(metrics.recallAt100()).isEqualTo(mean.get("recallAt100").asDouble(), EXACT);
            assertThat(metrics.mrr()).isEqualTo(mean.get("mrr").asDouble(), EXACT);
            assertThat(metrics.map()).isEqualTo(mean.get("map").asDouble(), EXACT);
        }

        @Test
        void each_question_is_equal() {
            for (Metrics.PerQuestion row : Metrics.perQuestion(questions(), run())) {
                JsonNode expected = golden.get("perQuestion").path(row.questionId());
                assertThat(row.ndcgAt10())
                        .as(row.questionId())
                        .isEqualTo(expected.path("ndcgAt10").asDouble(), EXACT);
                assertThat(row.map())
                        .as(row.questionId())
                        .isEqualTo(expected.path("map").asDouble(), EXACT);
            }
        }

        private List<Judged> questions() {
            List<Judged> questions = new ArrayList<>();
            for (JsonNode q : golden.get("questions")) {
                Map<String, Integer> grades = new HashMap<>();
                q.get("grades")
                        .properties()
                        .forEach(e -> grades.put(e.getKey(), e.getValue().asInt()));
                questions.add(new Judged(q.get("id").asText(), "", grades));
            }
            return questions;
        }

        private List<Ranking> run() {
            List<Ranking> run = new ArrayList<>();
            for (JsonNode q : golden.get("questions")) {
                List<Ranking.Scored> scored = new ArrayList<>();
                q.get("run")
                        .forEach(e -> scored.add(
                                new Ranking.Scored(e.get(0).asText(), e.get(1).asDouble())));
                run.add(Ranking.ofChunks(q.get("id").asText(), scored));
            }
            return run;
        }

        private static JsonNode golden() {
            try (var in = MetricsTest.class.getResourceAsStream("metrics-golden.json")) {
                return new ObjectMapper().readTree(in);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    @Test
    void chunks_count_once_at_the_place_of_their_documents_best() {
        Ranking ranking = Ranking.ofChunks(
                "q",
                List.of(
                        new Ranking.Scored("a", 0.2),
                        new Ranking.Scored("b", 0.5),
                        new Ranking.Scored("a", 0.9),
                        new Ranking.Scored("b", 0.1)));
        assertThat(ranking.documents()).containsExactly(new Ranking.Scored("a", 0.9), new Ranking.Scored("b", 0.5));
    }

    @Test
    void a_question_without_a_ranking_counts_zero() {
        List<Judged> questions = List.of(new Judged("a", "", Map.of("d", 1)), new Judged("b", "", Map.of("d", 1)));
        List<Ranking> run = List.of(new Ranking("a", List.of(new Ranking.Scored("d", 1))));
        assertThat(Metrics.of(questions, run).ndcgAt10()).isEqualTo(0.5, EXACT);
    }
}
