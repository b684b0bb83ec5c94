package dev.ragops.runtime.lexical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.runtime.index.OrdinalFilter;
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

    private static OrdinalFilter all(int size) {
        BitSet bits = new BitSet();
        bits.set(0, size);
        return OrdinalFilter.of(bits);
    }
}
