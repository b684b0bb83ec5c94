package dev.ragops.runtime.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordPieceTokenizerTest {
    private static final String FILE = "/all-minilm-l6-v2-q-tokenizer.json";
    static final WordPieceTokenizer TOKENIZER = Vocabularies.fromJson(GoldenIdsTest.resource(FILE), FILE);

    /** A bundle may ship a vocabulary that knows upper case or accents: its ids are the reference's too. */
    @ParameterizedTest
    @CsvSource({"cased, false, false", "accented, true, false", "cased-stripped, false, true"})
    void case_and_accents_are_kept_when_the_file_says_so(String name, boolean lowercase, boolean stripAccents)
            throws IOException {
        GoldenIdsTest.Named tokenizer = new GoldenIdsTest.Named(
                name,
                with("normalizer", node -> node.put("lowercase", lowercase).put("strip_accents", stripAccents)));
        GoldenIdsTest.assertEqualIds("code-points-" + name, GoldenIdsTest.codePoints(), tokenizer);
        GoldenIdsTest.assertEqualIds("generated-" + name, GoldenIdsTest.generated(), tokenizer);
    }

    @ParameterizedTest
    @CsvSource({
        "model, unk_token, <unk>",
        "model, max_input_chars_per_word, 200",
        "model, continuing_subword_prefix, @@",
        "pre_tokenizer, type, Whitespace",
        "normalizer, clean_text, false",
        "normalizer, handle_chinese_chars, false",
        "normalizer, type, NFKC"
    })
    void what_is_not_implemented_is_refused_by_name(String section, String field, String value) {
        assertThatThrownBy(() -> with(section, node -> node.put(field, value)))
                .isInstanceOf(EmbedderException.class)
                .hasMessageContaining("tokenizer.json: " + section + "." + field + " is '" + value + "'");
    }

    private static WordPieceTokenizer with(String section, Consumer<ObjectNode> edit) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode root = (ObjectNode) json.readTree(GoldenIdsTest.resource(FILE));
        edit.accept((ObjectNode) root.get(section));
        return Vocabularies.fromJson(json.writeValueAsBytes(root), "tokenizer.json");
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
