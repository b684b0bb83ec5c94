package dev.ragops.runtime.lexical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.runtime.index.OrdinalFilter;
import dev.ragops.runtime.index.ScoredOrdinals;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LuceneLexicalWriterTest {
    @Nested
    class A_snapshot {
        /** Older snapshots are closed by the collector's thread, which deletes files while the next one is being taken. */
        @Test
        void is_taken_while_older_ones_are_being_cleaned() {
            try (LuceneLexicalWriter writer = new LuceneLexicalWriter()) {
                for (int round = 0; round < 600; round++) {
                    writer.delete("d" + round % 40);
                    writer.add("d" + round % 40, round, List.of("word" + round + " common"));
                    assertThat(writer.snapshot().memoryBytes()).isPositive();
                    if (round % 15 == 0) {
                        System.gc();
                    }
                }
            }
        }

        @Test
        void keeps_answering_after_the_writer_went_on() {
            try (LuceneLexicalWriter writer = new LuceneLexicalWriter()) {
                writer.add("a", 0, List.of("apples grow on trees"));
                LexicalIndex before = writer.snapshot();
                writer.delete("a");
                LexicalIndex after = writer.snapshot();
                assertThat(before.search("apples", 5, all(1)).count()).isEqualTo(1);
                assertThat(after.search("apples", 5, all(1)).count()).isZero();
            }
        }
    }

    @Nested
    class Ordinals {
        @Test
        void belong_to_their_scores_whatever_segments_hold_them() {
            int[] apples = {3, 9, 1, 7, 5, 8, 2, 6, 4};
            try (LuceneLexicalWriter writer = new LuceneLexicalWriter()) {
                for (int i = 0; i < apples.length; i++) {
                    writer.add("d" + i, 100 + i, List.of("apple ".repeat(apples[i]) + "pear ".repeat(10 - apples[i])));
                    if (i == 3) {
                        writer.snapshot();
                    }
                }
                LexicalIndex index = writer.snapshot();
                assertThat(index.isWhole()).as("one segment").isFalse();

                ScoredOrdinals found = index.search("apple", 5, all(200));

                assertThat(found.ordinals()).containsExactly(101, 105, 103, 107, 104);
                assertThat(found.scores()).isSortedAccordingTo((a, b) -> Float.compare(b, a));
            }
        }
    }

    private static OrdinalFilter all(int size) {
        BitSet bits = new BitSet();
        bits.set(0, size);
        return OrdinalFilter.of(bits);
    }
}
