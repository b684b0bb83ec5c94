package dev.ragops.runtime.index;

import static dev.ragops.runtime.index.Vectors.DIMENSION;
import static dev.ragops.runtime.index.Vectors.bruteForce;
import static dev.ragops.runtime.index.Vectors.clustered;
import static dev.ragops.runtime.index.Vectors.share;
import static dev.ragops.runtime.index.Vectors.vectors;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class VectorIndexTest {
    private static final int ROWS = 6_000;
    private static final VectorRows CORPUS = clustered(ROWS, 1);
    private static final List<float[]> QUESTIONS = vectors(60, 2);

    private static double recall(VectorIndex index, VectorRows rows, int k, OrdinalFilter accept) {
        int found = 0;
        int wanted = 0;
        for (float[] question : QUESTIONS) {
            Set<Integer> truth = new HashSet<>();
            for (int row : bruteForce(rows, question, k, accept)) {
                truth.add(row);
            }
            wanted += truth.size();
            for (int row : index.search(question, k, accept).ordinals()) {
                found += truth.contains(row) ? 1 : 0;
            }
        }
        return (double) found / wanted;
    }

    @Nested
    class Exact {
        private final VectorIndex index = new ExactIndex(CORPUS);

        @Test
        void finds_what_brute_force_finds_at_any_selectivity() {
            for (double share : new double[] {1, 0.5, 0.1, 0.01, 0.001, 0.0003}) {
                OrdinalFilter accept = share(ROWS, share);
                for (float[] question : QUESTIONS) {
                    assertThat(index.search(question, 10, accept).ordinals())
                            .isEqualTo(bruteForce(CORPUS, question, 10, accept));
                }
            }
        }

        @Test
        void returns_fewer_when_fewer_are_accepted_and_none_when_none_is() {
            BitSet two = new BitSet();
            two.set(3);
            two.set(4000);
            assertThat(index.search(QUESTIONS.getFirst(), 10, OrdinalFilter.of(two))
                            .ordinals())
                    .containsExactlyInAnyOrder(3, 4000);
            assertThat(index.search(QUESTIONS.getFirst(), 10, OrdinalFilter.of(new BitSet()))
                            .count())
                    .isZero();
        }

        @Test
        void equal_scores_come_in_the_order_of_ordinals() {
            float[] one = QUESTIONS.getFirst();
            VectorRows same = VectorRows.empty(DIMENSION).append(List.of(one, one, one, one));
            assertThat(new ExactIndex(same).search(one, 3, share(4, 1)).ordinals())
                    .containsExactly(0, 1, 2);
        }

        @Test
        void a_zero_vector_is_harmless() {
            assertThat(index.search(new float[DIMENSION], 5, share(ROWS, 1)).count())
                    .isEqualTo(5);
        }

        /** Of a model that does not normalise. */
        @Test
        void vectors_of_any_length_are_compared_by_their_direction() {
            List<float[]> longer = new ArrayList<>();
            for (int row = 0; row < CORPUS.size(); row++) {
                float[] vector = CORPUS.vector(row);
                for (int i = 0; i < vector.length; i++) {
                    vector[i] *= 1 + row % 7;
                }
                longer.add(vector);
            }
            ExactIndex scaled = new ExactIndex(VectorRows.empty(DIMENSION).append(longer));
            float[] question = CORPUS.vector(3);
            ScoredOrdinals hits = scaled.search(question, 50, share(ROWS, 1));
            assertThat(hits.ordinals())
                    .isEqualTo(index.search(question, 50, share(ROWS, 1)).ordinals());
            assertThat(hits.scores()[0]).isEqualTo(1, within(1e-5f));
        }

        @Test
        void a_vector_of_another_length_is_refused() {
            assertThatThrownBy(() -> CORPUS.append(List.of(new float[7])))
                    .hasMessageContaining("7")
                    .hasMessageContaining("48");
        }
    }

    @Nested
    class Graph {
        private final HnswGraph graph = HnswGraph.build(CORPUS, 0, ROWS, HnswGraph.Shape.DEFAULT);
        private final VectorIndex index = SegmentedIndex.of(List.of(graph), CORPUS);

        @Test
        void finds_almost_all_of_the_true_neighbours() {
            assertThat(recall(index, CORPUS, 10, share(ROWS, 1))).isGreaterThanOrEqualTo(0.99);
        }

        @Test
        void keeps_its_recall_under_filters() {
            for (double share : new double[] {0.9, 0.5, 0.1, 0.01, 0.005}) {
                OrdinalFilter accept = share(ROWS, share);
                assertThat(recall(segmentOnly(), CORPUS, 10, accept))
                        .as("graph, share %s", share)
                        .isGreaterThanOrEqualTo(0.97);
            }
        }

        /** There it has missed some: one in twenty of the outer quarter on real text (decision 0022). */
        @Test
        void does_not_vouch_for_what_it_met_only_at_the_edge_of_a_walk() {
            for (float[] question : QUESTIONS) {
                BitSet others = new BitSet();
                others.set(0, ROWS);
                for (int near : bruteForce(CORPUS, question, 80, share(ROWS, 1))) {
                    others.clear(near);
                }
                OrdinalFilter accept = OrdinalFilter.of(others);
                assertThat(graph.search(question, 10, accept).count()).isLessThan(10);
                assertThat(index.search(question, 10, accept).ordinals())
                        .isEqualTo(bruteForce(CORPUS, question, 10, accept));
            }
        }

        private VectorIndex segmentOnly() {
            return new VectorIndex() {
                @Override
                public int size() {
                    return ROWS;
                }

                @Override
                public ScoredOrdinals search(float[] unit, int k, OrdinalFilter accept) {
                    return graph.search(unit, k, accept);
                }

                @Override
                public float score(float[] unit, int ordinal) {
                    return CORPUS.dot(unit, ordinal);
                }

                @Override
                public long memoryBytes() {
                    return graph.memoryBytes();
                }

                @Override
                public String kind() {
                    return "graph";
                }
            };
        }

        @Test
        void equal_rows_give_equal_graphs() {
            HnswGraph again = HnswGraph.build(clustered(ROWS, 1), 0, ROWS, HnswGraph.Shape.DEFAULT);
            for (float[] question : QUESTIONS) {
                assertThat(again.search(question, 10, share(ROWS, 1)))
                        .usingRecursiveComparison()
                        .isEqualTo(graph.search(question, 10, share(ROWS, 1)));
            }
        }

        @Test
        void many_threads_search_at_once_and_agree() throws Exception {
            List<int[]> alone = QUESTIONS.stream()
                    .map(q -> index.search(q, 10, share(ROWS, 1)).ordinals())
                    .toList();
            try (var pool = Executors.newFixedThreadPool(4)) {
                List<Callable<List<int[]>>> tasks = java.util.Collections.nCopies(
                        4,
                        () -> QUESTIONS.stream()
                                .map(q -> index.search(q, 10, share(ROWS, 1)).ordinals())
                                .toList());
                for (var result : pool.invokeAll(tasks)) {
                    assertThat(result.get()).usingRecursiveComparison().isEqualTo(alone);
                }
            }
        }

        @Test
        void rows_appended_behind_the_graph_are_found_at_once() {
            List<float[]> more = vectors(50, 77);
            VectorRows longer = CORPUS.append(more);
            VectorIndex grown = SegmentedIndex.of(List.of(graph), CORPUS).over(longer);
            for (int i = 0; i < more.size(); i++) {
                assertThat(grown.search(more.get(i), 1, share(longer.size(), 1)).ordinals())
                        .containsExactly(ROWS + i);
            }
        }

        @Test
        void an_empty_graph_finds_nothing() {
            HnswGraph empty = HnswGraph.build(CORPUS, 0, 0, HnswGraph.Shape.DEFAULT);
            assertThat(empty.search(QUESTIONS.getFirst(), 3, share(ROWS, 1)).count())
                    .isZero();
        }
    }

    @Nested
    class Beside_hnswlib {
        private final GraphSegment oracle = HnswlibSegment.build(CORPUS, 0, ROWS, HnswGraph.Shape.DEFAULT);
        private final GraphSegment own = HnswGraph.build(CORPUS, 0, ROWS, HnswGraph.Shape.DEFAULT);

        @Test
        void the_own_graph_finds_as_much() {
            double theirs = recall(SegmentedIndex.of(List.of(oracle), CORPUS), CORPUS, 10, share(ROWS, 1));
            double ours = recall(SegmentedIndex.of(List.of(own), CORPUS), CORPUS, 10, share(ROWS, 1));
            assertThat(theirs).isGreaterThanOrEqualTo(0.98);
            assertThat(ours).isGreaterThanOrEqualTo(theirs - 0.005);
            assertThat(own.memoryBytes()).isPositive().isLessThan(oracle.memoryBytes());
        }

        @Test
        void it_is_selectable_and_obeys_filters_too() {
            SegmentedIndex index = SegmentPolicy.HNSWLIB.build(SegmentedIndex.scanning(CORPUS));
            assertThat(index.segments()).allSatisfy(s -> assertThat(s).isInstanceOf(HnswlibSegment.class));
            OrdinalFilter tenth = share(ROWS, 0.1);
            for (float[] question : QUESTIONS) {
                ScoredOrdinals hits = oracle.search(question, 10, tenth);
                assertThat(hits.count()).isEqualTo(10);
                for (int row : hits.ordinals()) {
                    assertThat(tenth.accepts(row)).isTrue();
                }
            }
        }
    }

    @Nested
    class Policy {
        @Test
        void auto_leaves_small_corpora_to_the_scan_and_exact_leaves_all() {
            SegmentedIndex scan = SegmentedIndex.scanning(CORPUS);
            assertThat(SegmentPolicy.AUTO.wantsBuild(scan)).isFalse();
            assertThat(SegmentPolicy.NEVER.wantsBuild(scan)).isFalse();
            assertThat(scan.kind()).isEqualTo("exact");
        }

        @Test
        void hnsw_builds_segments_and_makes_one_of_many() {
            VectorRows rows = VectorRows.empty(DIMENSION);
            SegmentedIndex index = SegmentedIndex.scanning(rows);
            int most = 0;
            for (int round = 0; round < 8; round++) {
                rows = rows.append(vectors(300, round));
                index = index.over(rows);
                if (SegmentPolicy.ALWAYS.wantsBuild(index)) {
                    index = SegmentPolicy.ALWAYS.build(index);
                }
                most = Math.max(most, index.segments().size());
            }
            assertThat(index.kind()).isEqualTo("hnsw");
            assertThat(most).isLessThanOrEqualTo(4);
            assertThat(index.covered()).isGreaterThan(2000);
            assertThat(recall(index, rows, 10, share(rows.size(), 1))).isGreaterThanOrEqualTo(0.99);
        }
    }
}
