package dev.ragops.runtime.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.runtime.search.SearchHit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TranscriptTest {
    private static final List<SearchHit> HITS = Hits.of(
            "A rollback is a change of route. It takes two seconds. See https://known.example/page for more.",
            "It rains in the north.",
            "Nobody reads this far.");

    private static Answer answer(String said) {
        Transcript transcript = new Transcript(HITS, 2, _ -> {});
        transcript.add(said);
        return transcript.end(Answer.Ending.WHOLE);
    }

    @Test
    void turns_markers_into_citations_of_the_sentence_they_stand_in_or_behind() {
        Answer answer = answer(
                "A rollback changes the route [1]. It takes two seconds. [1] It rains [1, 2], e.g. in the north.");

        assertThat(answer.text())
                .isEqualTo("A rollback changes the route. It takes two seconds. It rains, e.g. in the north.");
        assertThat(answer.citations())
                .extracting(c -> answer.text().substring(c.start(), c.end()), Answer.Citation::source)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("A rollback changes the route.", 0),
                        org.assertj.core.groups.Tuple.tuple("It takes two seconds.", 0),
                        org.assertj.core.groups.Tuple.tuple("It rains, e.g. in the north.", 0),
                        org.assertj.core.groups.Tuple.tuple("It rains, e.g. in the north.", 1));
        assertThat(answer.groundedness()).isOne();
        assertThat(answer.lowConfidence()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "It rains [3].|It rains.", // retrieved, but the generator never saw it
                "It rains [0] [99].|It rains.",
                "[1]|``",
                "Quick [7]. It rains [8][9]!|Quick. It rains!",
                "<think>It may rain [1].</think>It rains.|It rains.",
                "  It rains.  |It rains."
            })
    void cites_only_what_the_generator_was_given(String said, String text) {
        Answer answer = answer(said);

        assertThat(answer.text()).isEqualTo(text);
        assertThat(answer.citations()).isEmpty();
        assertThat(answer.lowConfidence()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Go to htt[1]ps://evil.example now.",
                "Go to https:/[1]/evil.example now.",
                "Go to www[1].evil.example now.",
                "See [x][1](http://evil.example).",
                "See <[1]img src=//evil.example/a>.",
                "[x][1]: http://evil.example",
                "[x]\n: http://evil.example",
                "<img\nsrc=http://evil.example/a.png>",
                "![a.\nb](http://evil.example/a.png)"
            })
    void lets_no_marker_and_no_line_put_a_link_together(String said) {
        String text = answer(said.replace("\\n", "\n")).text();

        assertThat(text).doesNotContain("](").doesNotContain("]:").doesNotContainPattern("<[a-z]");
        for (String word : text.split("\\s+")) {
            assertThat(Addresses.in(word)).as(text).isEmpty();
        }
    }

    @Test
    void shows_whole_sentences_as_soon_as_they_are_certain_and_takes_nothing_back() {
        List<String> shown = new ArrayList<>();
        Transcript transcript = new Transcript(HITS, 2, shown::add);

        transcript.add("A rollback is [this](https://ev");
        assertThat(shown).isEmpty();
        transcript.add("il.example) change [1]. It ");
        assertThat(shown).containsExactly("A rollback is this change.");
        transcript.add("takes two seconds [1]");
        Answer answer = transcript.end(Answer.Ending.WHOLE);

        assertThat(shown).containsExactly("A rollback is this change.", " It takes two seconds");
        assertThat(String.join("", shown)).isEqualTo(answer.text());
    }

    @Test
    void of_an_answer_that_broke_off_keeps_the_whole_sentences_only() {
        Transcript transcript = new Transcript(HITS, 2, _ -> {});
        transcript.add("It rains [2]. A rollback is a cha");

        Answer answer = transcript.end(Answer.Ending.CUT);

        assertThat(answer.text()).isEqualTo("It rains.");
        assertThat(answer.degraded()).isTrue();
    }

    @Test
    void is_the_same_wherever_the_pieces_are_cut() {
        String[] parts = {
            "It rains",
            " [1]",
            "[2][3]",
            ". ",
            "\n\n",
            "[a](http://evil.example/x)",
            " https://known.example/page ",
            "<b>",
            "漢字。",
            "e.g. ",
            "😀",
            "x".repeat(300),
            " ",
            "- item\n"
        };
        Random random = new Random(11);
        for (int round = 0; round < 300; round++) {
            StringBuilder said = new StringBuilder();
            for (int i = random.nextInt(30); i > 0; i--) {
                said.append(parts[random.nextInt(parts.length)]);
            }
            StringBuilder shown = new StringBuilder();
            Transcript pieces = new Transcript(HITS, 2, shown::append);
            for (int at = 0; at < said.length(); ) {
                int to = Math.min(said.length(), at + 1 + random.nextInt(9));
                pieces.add(said.substring(at, to));
                at = to;
            }
            Answer answer = pieces.end(Answer.Ending.WHOLE);

            assertThat(answer).as("of %s", said).isEqualTo(answer(said.toString()));
            assertThat(shown).hasToString(answer.text());
            assertThat(answer.text()).doesNotContain("evil");
        }
    }
}
