package dev.ragops.runtime.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragops.runtime.embed.TestTokenizer;
import dev.ragops.runtime.embed.Tokenizer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ChunkerTest {
    private static final Tokenizer TOKENIZER = TestTokenizer.get();

    private static List<Chunk> chunks(String text, int max, int overlap) {
        return new Chunker(TOKENIZER, new ChunkingConfig(max, overlap), 512).chunk("", text);
    }

    @Test
    void a_short_text_is_one_chunk_without_the_space_around_it() {
        assertThat(chunks("  One. Two.\n", 200, 32)).containsExactly(new Chunk(0, 2, 11, "One. Two."));
    }

    /** What a model cuts off is found by no question. */
    @Test
    void with_their_title_they_fit_what_the_model_sees() {
        String text = "Alpha beta gamma delta epsilon. ".repeat(60);
        for (String title : List.of("", "Short", "A title of quite many words ".repeat(8))) {
            List<Chunk> chunks = new Chunker(TOKENIZER, new ChunkingConfig(200, 32), 100).chunk(title, text);
            assertThat(chunks)
                    .hasSizeGreaterThan(3)
                    .allSatisfy(chunk -> assertThat(TOKENIZER.spans(title).count()
                                    + TOKENIZER.spans(chunk.text()).count())
                            .isLessThanOrEqualTo(100));
        }
    }

    @Test
    void a_title_longer_than_what_the_model_sees_leaves_some_of_the_text() {
        List<Chunk> chunks = new Chunker(TOKENIZER, new ChunkingConfig(200, 0), 100)
                .chunk("word ".repeat(300), "Alpha beta gamma. ".repeat(40));
        assertThat(chunks)
                .allSatisfy(chunk ->
                        assertThat(TOKENIZER.spans(chunk.text()).count()).isBetween(4, 16));
    }

    @Test
    void nothing_comes_of_nothing() {
        assertThat(chunks("", 200, 32)).isEmpty();
        assertThat(chunks(" \n\t ", 200, 32)).isEmpty();
    }

    @Test
    void chunks_end_with_sentences_and_repeat_the_last_ones() {
        String text = "Alpha beta gamma delta epsilon. ".repeat(20).strip();
        List<Chunk> chunks = chunks(text, 40, 12);
        assertThat(chunks).hasSizeGreaterThan(3);
        assertThat(chunks)
                .allSatisfy(
                        chunk -> assertThat(chunk.text()).startsWith("Alpha").endsWith("epsilon."));
        for (int i = 1; i < chunks.size(); i++) {
            assertThat(chunks.get(i).start()).isLessThan(chunks.get(i - 1).end());
        }
    }

    @Test
    void without_overlap_chunks_do_not_touch() {
        List<Chunk> chunks = chunks("Alpha beta gamma delta. ".repeat(30), 24, 0);
        for (int i = 1; i < chunks.size(); i++) {
            assertThat(chunks.get(i).start())
                    .isGreaterThanOrEqualTo(chunks.get(i - 1).end());
        }
    }

    @Test
    void a_sentence_longer_than_a_chunk_is_cut_between_words() {
        List<Chunk> chunks = chunks("word ".repeat(500).strip(), 50, 10);
        assertThat(chunks)
                .hasSize(10)
                .allSatisfy(c -> assertThat(c.text()).startsWith("word").endsWith("word"));
    }

    @Test
    void a_word_longer_than_a_chunk_stays_whole() {
        String word = "unaffable".repeat(11);
        assertThat(chunks("a " + word + " b", 16, 0))
                .anySatisfy(c -> assertThat(c.text()).contains(word));
    }

    @Nested
    class On_any_text {
        @Test
        void offsets_are_exact_sizes_hold_and_nothing_visible_is_lost() {
            Random random = new Random(23);
            for (int round = 0; round < 300; round++) {
                String text = text(random);
                int max = 16 + random.nextInt(60);
                int overlap = random.nextInt(max / 2 - 1);
                BitSet covered = new BitSet();
                int last = -1;
                for (Chunk chunk : chunks(text, max, overlap)) {
                    assertThat(chunk.text()).isEqualTo(text.substring(chunk.start(), chunk.end()));
                    assertThat(chunk.start()).isGreaterThan(last);
                    assertThat(chunk.text()).isEqualTo(chunk.text().strip());
                    last = chunk.start();
                    covered.set(chunk.start(), chunk.end());
                    // Words are never split, so only a chunk that is one long word may be larger.
                    Tokenizer.TokenSpans spans = TOKENIZER.spans(chunk.text());
                    assertThat(spans.count() <= max
                                    || Arrays.stream(spans.start()).distinct().count() == 1)
                            .as("%s tokens, %s allowed: %s", spans.count(), max, chunk.text())
                            .isTrue();
                    assertThat(cutsAPair(text, chunk.start()) || cutsAPair(text, chunk.end()))
                            .as("a surrogate pair is cut at %s or %s of %s", chunk.start(), chunk.end(), text)
                            .isFalse();
                }
                for (int i = 0; i < text.length(); i++) {
                    assertThat(covered.get(i) || Character.isWhitespace(text.charAt(i)))
                            .as("character %s of %s", i, text)
                            .isTrue();
                }
            }
        }

        private boolean cutsAPair(String text, int at) {
            return at > 0 && at < text.length() && Character.isSurrogatePair(text.charAt(at - 1), text.charAt(at));
        }

        private String text(Random random) {
            String[] parts = {
                "word",
                "Naïve",
                "漢字",
                "😀",
                "😀".repeat(40),
                "𝔘𝔫𝔦",
                "e\u0301\u0301",
                ".",
                "? ",
                "\n\n",
                " ",
                "  ",
                "e.g.",
                "x".repeat(120),
                "\u0000",
                "\u00a0",
                "\n",
                "A",
                "don't",
                "##",
                "[SEP]",
                "!",
                "\ud800"
            };
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(300); i > 0; i--) {
                text.append(parts[random.nextInt(parts.length)]).append(random.nextInt(3) == 0 ? "" : " ");
            }
            return text.toString();
        }
    }

    @Nested
    class Sentence {
        @Test
        void boundaries_are_full_stops_and_blank_lines() {
            String text = "# Heading\n\nFirst one. Second one?\nThird line\n\n- item";
            assertThat(Sentences.split(text).stream().map(span -> text.substring(span.start(), span.end())))
                    .containsExactly("# Heading", "First one.", "Second one?", "Third line", "- item");
        }
    }

    @Test
    void impossible_sizes_are_refused_by_name() {
        assertThatThrownBy(() -> new ChunkingConfig(8, 0)).hasMessageContaining("chunking.maxTokens");
        assertThatThrownBy(() -> new ChunkingConfig(100, 50)).hasMessageContaining("chunking.overlapTokens");
    }
}
