package dev.ragops.runtime.embed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class WordPieceTokenizerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    static final WordPieceTokenizer TOKENIZER = load();

    private static WordPieceTokenizer load() {
        try {
            return Vocabularies.fromJson(resource("/all-minilm-l6-v2-q-tokenizer.json"), "test");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(WordPieceTokenizerTest.class.getResourceAsStream(name))) {
            return in.readAllBytes();
        }
    }

    @Nested
    class Against_the_reference_implementation {
        /** Made once with Hugging Face tokenizers 0.23, added tokens switched off. */
        @Test
        void ids_are_equal_on_words_marks_ideographs_emoji_controls_and_noise() throws IOException {
            assertEqualIds(new String(resource("wordpiece-golden.jsonl"), StandardCharsets.UTF_8)
                    .lines()
                    .toList());
        }

        /** A larger file of the same form, when a developer names one. */
        @Test
        void ids_are_equal_on_a_given_file() throws IOException {
            String file = System.getProperty("ragops.tokenizer.golden", "");
            if (!file.isEmpty()) {
                assertEqualIds(Files.readAllLines(Path.of(file)));
            }
        }

        private void assertEqualIds(List<String> lines) throws IOException {
            List<String> differences = new ArrayList<>();
            for (String line : lines) {
                JsonNode node = JSON.readTree(line);
                long[] expected = JSON.convertValue(node.get("ids"), long[].class);
                long[] actual = TOKENIZER.encode(node.get("text").asText(), Integer.MAX_VALUE);
                if (!Arrays.equals(expected, actual)) {
                    differences.add(line + "\n  is " + Arrays.toString(actual));
                }
            }
            assertThat(differences).isEmpty();
        }
    }

    @Test
    void long_texts_are_cut_and_still_end_with_the_separator() {
        long[] ids = TOKENIZER.encode("word ".repeat(1000), 16);
        assertThat(ids).hasSize(16).startsWith(101).endsWith(102);
    }

    @Test
    void empty_text_is_only_the_two_special_tokens() {
        assertThat(TOKENIZER.encode("", 256)).containsExactly(101, 102);
    }

    @Test
    void lone_surrogates_vanish() {
        assertThat(TOKENIZER.encode("wo\ud800rd", 256)).isEqualTo(TOKENIZER.encode("word", 256));
    }

    @Test
    void spans_cover_the_words_they_came_from() {
        String text = "Unaffable  naïve, e\u0301t\u00e9!";
        Tokenizer.TokenSpans spans = TOKENIZER.spans(text);
        List<String> words = new ArrayList<>();
        for (int i = 0; i < spans.count(); i++) {
            words.add(text.substring(spans.start()[i], spans.end()[i]));
        }
        assertThat(words).contains("Unaffable", "naïve", ",", "e\u0301t\u00e9", "!");
    }

    @Test
    void there_are_as_many_spans_as_ids_and_they_ascend() {
        Random random = new Random(11);
        for (int round = 0; round < 300; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(80); i > 0; i--) {
                text.appendCodePoint(random.nextInt(4) == 0 ? random.nextInt(0x3000) : 32 + random.nextInt(95));
            }
            Tokenizer.TokenSpans spans = TOKENIZER.spans(text.toString());
            assertThat(spans.count()).isEqualTo(TOKENIZER.encode(text.toString(), Integer.MAX_VALUE).length - 2);
            for (int i = 0; i < spans.count(); i++) {
                assertThat(spans.start()[i]).isLessThan(spans.end()[i]);
                assertThat(spans.end()[i]).isLessThanOrEqualTo(text.length());
                if (i > 0) {
                    assertThat(spans.start()[i]).isGreaterThanOrEqualTo(spans.start()[i - 1]);
                }
            }
        }
    }
}
