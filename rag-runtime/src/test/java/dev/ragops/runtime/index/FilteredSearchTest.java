package dev.ragops.runtime.index;

import static dev.ragops.runtime.index.Vectors.bruteForce;
import static dev.ragops.runtime.index.Vectors.clustered;
import static dev.ragops.runtime.index.Vectors.share;
import static dev.ragops.runtime.index.Vectors.vectors;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Through an index of two graphs and a tail: k hits and the right ones, whatever a filter has to do with the question. */
class FilteredSearchTest {
    private static final List<float[]> QUESTIONS = vectors(20, 2);

    private static final int MANY = 16_000;
    private static final int K = 10;
    private static final VectorRows ROWS_OF_THREE_PARTS = clustered(MANY, 5);
    private static final SegmentedIndex INDEX = SegmentedIndex.of(
            List.of(
                    HnswGraph.build(ROWS_OF_THREE_PARTS, 0, 9_000, HnswGraph.Shape.DEFAULT),
                    HnswGraph.build(ROWS_OF_THREE_PARTS, 9_000, 15_000, HnswGraph.Shape.DEFAULT)),
            ROWS_OF_THREE_PARTS);

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.9, 0.7, 0.55, 0.5, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0005, 0.0001, 0})
    void of_any_share_drawn_at_random(double share) {
        assertTopK(_ -> share(MANY, share));
    }

    /** As metadata does that says what a text is about. */
    @ParameterizedTest
    @ValueSource(doubles = {0.999, 0.99, 0.9, 0.7, 0.55, 0.5, 0.3, 0.1, 0.01, 0.001})
    void of_the_share_that_lies_farthest_from_the_question(double share) {
        assertTopK(question -> {
            int[] nearestFirst = bruteForce(ROWS_OF_THREE_PARTS, question, MANY, share(MANY, 1));
            return ordinals(Arrays.stream(nearestFirst).skip(Math.round(MANY * (1 - share))));
        });
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.7, 0.3, 0.01, 0.001})
    void of_the_share_that_lies_nearest(double share) {
        assertTopK(question -> ordinals(
                Arrays.stream(bruteForce(ROWS_OF_THREE_PARTS, question, (int) (MANY * share), share(MANY, 1)))));
    }

    /** As a collection does, or documents of one day: all in one graph, or all but those. */
    @ParameterizedTest
    @CsvSource({"0, 9000", "9000, 15000", "15000, 16000", "8990, 9010", "2000, 16000", "0, 5"})
    void of_a_stretch_of_rows(int from, int to) {
        assertTopK(_ -> ordinals(IntStream.range(from, to)));
    }

    /** The same paragraph stands in many documents: nobody would link to those that came late, and the first would link to each other only. */
    @ParameterizedTest
    @ValueSource(ints = {2, 33, 34, 60, 200, 1000})
    void of_the_last_of_many_equal_rows(int copies) {
        List<float[]> vectors = new ArrayList<>(vectors(9_000, 3));
        float[] paragraph = vectors.get(17);
        List<Integer> equal = new ArrayList<>();
        for (int i = 0; i < copies; i++) {
            equal.add(4_000 + i * 4);
            vectors.set(4_000 + i * 4, paragraph.clone());
        }
        VectorRows rows = VectorRows.empty(Vectors.DIMENSION).append(vectors);
        SegmentedIndex index =
                SegmentedIndex.of(List.of(HnswGraph.build(rows, 0, 9_000, HnswGraph.Shape.DEFAULT)), rows);
        int last = equal.removeLast();
        equal.add(17);
        OrdinalFilter accept = ordinals(IntStream.range(0, 9_000).filter(row -> !equal.contains(row)));
        assertThat(SearchCost.prefersScan(K, accept.cardinality(), rows.size())).isFalse();
        Random random = new Random(1);
        for (int i = 0; i < 100; i++) {
            float[] question = paragraph.clone();
            for (int j = 0; j < question.length; j++) {
                question[j] += (float) (random.nextGaussian() * 0.08);
            }
            assertThat(index.search(Cosine.unit(question), K, accept).ordinals())
                    .hasSize(K)
                    .startsWith(last);
        }
    }

    private static OrdinalFilter ordinals(IntStream accepted) {
        BitSet bits = new BitSet();
        accepted.forEach(bits::set);
        return OrdinalFilter.of(bits);
    }

    private static void assertTopK(Function<float[], OrdinalFilter> filter) {
        int right = 0;
        int wanted = 0;
        for (float[] question : QUESTIONS) {
            OrdinalFilter accept = filter.apply(question);
            int[] hits = INDEX.search(question, K, accept).ordinals();
            assertThat(hits).hasSize(Math.min(K, accept.cardinality())).doesNotHaveDuplicates();
            assertThat(Arrays.stream(hits)).allMatch(accept::accepts);
            int[] truth = bruteForce(ROWS_OF_THREE_PARTS, question, K, accept);
            if (SearchCost.prefersScan(K, accept.cardinality(), MANY)) {
                assertThat(hits).isEqualTo(truth);
            }
            Set<Integer> found = Arrays.stream(hits).boxed().collect(Collectors.toSet());
            right += (int) Arrays.stream(truth).filter(found::contains).count();
            wanted += truth.length;
        }
        assertThat((double) right).as("recall of %d", wanted).isGreaterThanOrEqualTo(0.99 * wanted);
    }

    @Nested
    class Scan_or_walk {
        @Test
        void a_scan_grows_with_what_is_let_through_and_a_walk_with_what_is_held_back() {
            assertThat(SearchCost.prefersScan(10, 4_000, 4_000)).isTrue();
            assertThat(SearchCost.prefersScan(10, 20_000, 20_000)).isFalse();
            assertThat(SearchCost.prefersScan(10, 20_000, 1_000_000)).isTrue();
            assertThat(SearchCost.prefersScan(10, 100_000, 1_000_000)).isFalse();
            assertThat(SearchCost.prefersScan(10, 0, 0)).isTrue();
            assertThat(SearchCost.prefersScan(100, 6_000, 6_000)).isTrue();
        }
    }
}
