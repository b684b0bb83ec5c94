package dev.ragops.runtime.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ragops.runtime.index.ScoredOrdinals;
import dev.ragops.runtime.search.RetrievalConfig.Fusion;
import dev.ragops.runtime.search.RetrievalConfig.IndexKind;
import dev.ragops.runtime.search.RetrievalConfig.Mode;
import dev.ragops.runtime.search.RetrievalConfig.Rerank;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SearcherTest {
    private final FakeEmbedder embedder = new FakeEmbedder("f");
    private final View view = view();

    private View view() {
        List<ViewChange.EmbeddedDocument> documents = new ArrayList<>();
        String[] texts = {
            "Rolling back restores the previous version of a model.",
            "Canary rollouts move users step by step.",
            "The gateway measures latency. A slow candidate fails the objective.",
            "Documents are stored in PostgreSQL or SQLite.",
            "Canary birds sing."
        };
        for (int i = 0; i < texts.length; i++) {
            Passage passage = new Passage(
                    "default", "d" + i, 0, 0, texts[i].length(), "", texts[i], Map.of("n", i, "even", i % 2 == 0));
            documents.add(new ViewChange.EmbeddedDocument(
                    new DocumentKey("default", "d" + i),
                    List.of(new ViewChange.EmbeddedPassage(passage, embedder.embedQuery(texts[i])))));
        }
        Indexer indexer = new Indexer("f", embedder.dimension(), IndexKind.AUTO, Runnable::run);
        return indexer.apply(new ViewChange(7, documents, Set.of()));
    }

    private List<SearchHit> search(RetrievalConfig config, SearchRequest request) {
        return new Searcher(embedder, config).search(view, request).hits();
    }

    private List<SearchHit> search(String question) {
        return search(RetrievalConfig.DEFAULT, SearchRequest.of(question, 3));
    }

    @Nested
    class A_search {
        @Test
        void orders_hits_and_tells_what_each_part_said() {
            List<SearchHit> hits = search("canary rollouts");
            assertThat(hits.getFirst().passage().documentId()).isEqualTo("d1");
            assertThat(hits.getFirst().dense()).isPresent();
            assertThat(hits.getFirst().lexical()).isPresent();
            assertThat(hits)
                    .isSortedAccordingTo((a, b) -> Double.compare(b.score(), a.score()))
                    .hasSize(3);
        }

        @Test
        void reports_the_sequence_of_the_view_it_read() {
            assertThat(new Searcher(embedder, RetrievalConfig.DEFAULT)
                            .search(view, SearchRequest.of("x", 1))
                            .sequence())
                    .isEqualTo(7);
        }

        @Test
        void takes_query_syntax_as_plain_words() {
            for (String question :
                    List.of("canary AND (", "\"", "text:*", "a".repeat(10_000), "", "the of and", "[SEP] \0")) {
                assertThat(search(question)).isNotNull();
                assertThat(search(RetrievalConfig.DEFAULT.withMode(Mode.LEXICAL), SearchRequest.of(question, 3)))
                        .isNotNull();
            }
        }

        @Test
        void refuses_a_view_of_another_embedder() {
            Searcher other = new Searcher(new FakeEmbedder("g"), RetrievalConfig.DEFAULT);
            assertThatThrownBy(() -> other.search(view, SearchRequest.of("x", 1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("embedder f");
        }

        /** Evaluation asks for a thousand: what it sees must be what users get. */
        @ParameterizedTest
        @MethodSource("dev.ragops.runtime.search.SearcherTest#fusions")
        void asking_for_more_does_not_change_the_order_of_the_first(Fusion fusion) {
            View many = many(400);
            Searcher searcher = new Searcher(embedder, RetrievalConfig.DEFAULT.withFusion(fusion));
            for (String question : List.of("even words", "odd number seven", "number 40 of many", "nothing")) {
                List<SearchHit> all =
                        searcher.search(many, SearchRequest.of(question, 400)).hits();
                for (int topK : new int[] {1, 5, 50}) {
                    List<SearchHit> some = searcher.search(many, SearchRequest.of(question, topK))
                            .hits();
                    assertThat(ids(all.subList(0, topK))).isEqualTo(ids(some));
                }
                assertThat(all)
                        .isSortedAccordingTo((a, b) -> Double.compare(b.score(), a.score()))
                        .doesNotHaveDuplicates()
                        .hasSize(400);
            }
        }
    }

    @Test
    void a_passage_that_only_vectors_bring_counts_its_words_too() {
        View many = many(400);
        // Two hundred passages are odd; the vectors choose fifty by the rest of their words.
        List<SearchHit> hits = new Searcher(embedder, RetrievalConfig.DEFAULT)
                .search(many, SearchRequest.of("odd words words words words words words", 50))
                .hits();
        assertThat(hits)
                .filteredOn(hit -> hit.passage().text().contains("odd"))
                .isNotEmpty()
                .allSatisfy(hit -> assertThat(hit.lexical()).isPresent());
    }

    static Stream<Fusion> fusions() {
        return Stream.of(Fusion.Convex.DEFAULT, new Fusion.Convex(0.2), new Fusion.ReciprocalRank());
    }

    private static List<String> ids(List<SearchHit> hits) {
        return hits.stream().map(hit -> hit.passage().documentId()).toList();
    }

    private View many(int count) {
        List<ViewChange.EmbeddedDocument> documents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String text = "number " + i + " of many " + (i % 2 == 0 ? "even" : "odd") + " words".repeat(i % 7);
            Passage passage = new Passage("default", "d" + i, 0, 0, text.length(), "", text, Map.of());
            documents.add(new ViewChange.EmbeddedDocument(
                    new DocumentKey("default", "d" + i),
                    List.of(new ViewChange.EmbeddedPassage(passage, embedder.embedQuery(text)))));
        }
        Indexer indexer = new Indexer("f", embedder.dimension(), IndexKind.EXACT, Runnable::run);
        return indexer.apply(new ViewChange(1, documents, Set.of()));
    }

    @Nested
    class Filters {
        private SearchRequest filtered(Mode mode, Filter filter) {
            return new SearchRequest(
                    "canary users latency",
                    5,
                    Optional.of(mode),
                    "default",
                    Optional.of(filter),
                    OptionalDouble.empty());
        }

        @Test
        void bind_every_mode() {
            for (Mode mode : Mode.values()) {
                assertThat(search(
                                RetrievalConfig.DEFAULT,
                                filtered(mode, new Filter.Comparison(Filter.Operator.EQ, "even", true))))
                        .as(mode.name())
                        .isNotEmpty()
                        .allSatisfy(hit -> assertThat(hit.passage().metadata()).containsEntry("even", true));
            }
        }

        @Test
        void that_nothing_passes_give_no_hits() {
            assertThat(search(
                            RetrievalConfig.DEFAULT,
                            filtered(Mode.HYBRID, new Filter.Comparison(Filter.Operator.GT, "n", 99))))
                    .isEmpty();
        }

        @Test
        void an_unknown_collection_is_empty() {
            SearchRequest request = new SearchRequest(
                    "canary", 5, Optional.empty(), "nowhere", Optional.empty(), OptionalDouble.empty());
            assertThat(search(RetrievalConfig.DEFAULT, request)).isEmpty();
        }

        @Test
        void a_least_score_cuts_the_tail() {
            double second = search("canary rollouts").get(1).score();
            SearchRequest request = new SearchRequest(
                    "canary rollouts",
                    5,
                    Optional.empty(),
                    "default",
                    Optional.empty(),
                    OptionalDouble.of(second + 1e-6));
            assertThat(search(RetrievalConfig.DEFAULT, request)).hasSize(1);
        }
    }

    @Nested
    class Modes {
        @Test
        void lexical_brings_only_passages_that_share_a_word_and_needs_no_vector() {
            List<SearchHit> hits =
                    search(RetrievalConfig.DEFAULT.withMode(Mode.LEXICAL), SearchRequest.of("canary", 5));
            assertThat(hits).extracting(hit -> hit.passage().documentId()).containsExactlyInAnyOrder("d1", "d4");
            assertThat(hits).allSatisfy(hit -> assertThat(hit.dense()).isEmpty());
        }

        @Test
        void words_match_by_their_stems_and_without_accents() {
            assertThat(search(RetrievalConfig.DEFAULT.withMode(Mode.LEXICAL), SearchRequest.of("rolls bäck", 1))
                            .getFirst()
                            .passage()
                            .documentId())
                    .isEqualTo("d0");
        }

        @Test
        void dense_brings_cosines() {
            SearchHit hit = search(
                            RetrievalConfig.DEFAULT.withMode(Mode.DENSE), SearchRequest.of("Canary birds sing.", 1))
                    .getFirst();
            assertThat(hit.score()).isEqualTo(1, within(1e-5));
            assertThat(hit.lexical()).isEmpty();
        }

        @Test
        void sentences_lift_the_passage_with_the_best_single_sentence() {
            RetrievalConfig config =
                    new RetrievalConfig(Mode.DENSE, 5, 50, Fusion.Convex.DEFAULT, IndexKind.AUTO, Rerank.SENTENCES);
            SearchHit hit = search(config, SearchRequest.of("A slow candidate fails the objective.", 1))
                    .getFirst();
            assertThat(hit.passage().documentId()).isEqualTo("d2");
            assertThat(hit.rerank().orElseThrow()).isEqualTo(1, within(1e-5));
        }
    }

    @Nested
    class Fusing {
        private final ScoredOrdinals dense = new ScoredOrdinals(new int[] {1, 2, 3}, new float[] {0.9f, 0.5f, 0.1f});
        private final ScoredOrdinals lexical = new ScoredOrdinals(new int[] {3, 4}, new float[] {40, 10});

        @Test
        void the_union_has_each_once_with_both_scores() {
            List<Fuser.Candidate> union = Fuser.union(dense, lexical);
            assertThat(union).extracting(Fuser.Candidate::ordinal).containsExactlyInAnyOrder(1, 2, 3, 4);
            assertThat(union.stream()
                            .filter(c -> c.ordinal() == 3)
                            .findFirst()
                            .orElseThrow()
                            .lexical())
                    .isEqualTo(40);
        }

        @Test
        void reciprocal_ranks_add_up() {
            List<Fuser.Candidate> fused = Fuser.reciprocalRank(dense, lexical);
            assertThat(fused.getFirst().ordinal()).isEqualTo(3);
            assertThat(fused.getFirst().score()).isEqualTo(1.0 / 63 + 1.0 / 61, within(1e-12));
        }

        @Test
        void a_convex_sum_follows_its_weight() {
            List<Fuser.Candidate> union =
                    List.of(new Fuser.Candidate(1, 0, 0.9, Double.NaN), new Fuser.Candidate(3, 0, 0.1, 40));
            assertThat(Fuser.convex(union, 1, 50).getFirst().ordinal()).isEqualTo(1);
            assertThat(Fuser.convex(union, 0, 50).getFirst().ordinal()).isEqualTo(3);
            assertThat(Fuser.convex(union, 0.5, 50))
                    .allSatisfy(c -> assertThat(c.score()).isEqualTo(0.5, within(1e-9)));
            assertThat(Fuser.convex(List.of(), 0.5, 50)).isEmpty();
        }

        @Test
        void weak_words_weigh_less_than_strong_ones() {
            List<Fuser.Candidate> weak = List.of(new Fuser.Candidate(1, 0, 0.5, 2), new Fuser.Candidate(2, 0, 0.6, 0));
            assertThat(Fuser.convex(weak, 0.5, 50).getFirst().ordinal()).isEqualTo(2);
            List<Fuser.Candidate> strong = List.of(
                    new Fuser.Candidate(1, 0, 0.55, 25),
                    new Fuser.Candidate(2, 0, 0.6, 0),
                    new Fuser.Candidate(3, 0, 0.1, 0));
            assertThat(Fuser.convex(strong, 0.5, 50).getFirst().ordinal()).isEqualTo(1);
        }
    }

    @Test
    void impossible_settings_are_refused_by_name() {
        assertThatThrownBy(() -> new Fusion.Convex(1.5)).hasMessageContaining("retrieval.fusion.denseWeight");
        assertThatThrownBy(() -> new Fusion.Convex(Double.NaN)).hasMessageContaining("denseWeight");
        assertThatThrownBy(() ->
                        new RetrievalConfig(Mode.DENSE, 0, 50, Fusion.Convex.DEFAULT, IndexKind.AUTO, Rerank.NONE))
                .hasMessageContaining("retrieval.topK");
        assertThatThrownBy(
                        () -> new RetrievalConfig(Mode.DENSE, 5, 0, Fusion.Convex.DEFAULT, IndexKind.AUTO, Rerank.NONE))
                .hasMessageContaining("retrieval.candidates");
    }
}
