package dev.ragops.runtime.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ragops.runtime.search.SearchHit;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerTest {
    private static final List<SearchHit> HITS = List.of(
            Hits.hit("rollback", "A rollback is a change of route. It takes two seconds.\n\nNothing is rebuilt.", 0.8),
            Hits.hit("weather", "It rains in the north.", 0.2));

    @Nested
    class An_extractive_answer {
        private final ExtractiveAnswerer answerer = new ExtractiveAnswerer(2);

        @Test
        void repeats_sentences_of_the_sources_word_for_word_and_says_where_each_stands() {
            Answer answer = answerer.answer("how many seconds does a rollback take", HITS);

            assertThat(answer.citations()).hasSize(2);
            for (Answer.Citation citation : answer.citations()) {
                String said = answer.text().substring(citation.start(), citation.end());
                assertThat(HITS.get(citation.source())
                                .passage()
                                .text()
                                .substring(citation.sourceStart(), citation.sourceEnd()))
                        .isEqualTo(said);
            }
            assertThat(answer.text()).contains("It takes two seconds.");
            assertThat(answer.lowConfidence()).isFalse();
            assertThat(answer.groundedness()).isOne();
        }

        @Test
        void of_nothing_is_empty_not_confident_and_rests_on_nothing() {
            Answer answer = answerer.answer("anything", List.of());

            assertThat(answer.text()).isEmpty();
            assertThat(answer.lowConfidence()).isTrue();
            assertThat(answer.groundedness()).isZero();
        }

        @Test
        void from_sources_that_hardly_fit_says_so() {
            assertThat(answerer.answer("?!", HITS.subList(1, 2)).lowConfidence())
                    .isTrue();
        }

        @Test
        void says_a_sentence_once_that_several_sources_have() {
            assertThat(answerer.answer("rain", Hits.of("It rains.", "It rains."))
                            .text())
                    .isEqualTo("It rains.");
        }
    }

    @Nested
    class Groundedness {
        private final Grounding grounding = new Grounding(Hits.of(
                "A rollback is a change of route and takes 2 seconds.", "The gateway keeps bodies up to 1 MiB."));

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "A rollback takes 2 seconds.|1",
                    "Rollbacks change the route.|1",
                    "A rollback takes 3 seconds.|0",
                    "Bananas are yellow.|0",
                    "A rollback changes the route. Bananas are yellow.|0.5",
                    "Yes. A rollback changes the route.|1",
                    "The rollback of a gateway keeps 2 bodies.|0",
                    "Yes.|0",
                    "''|0"
                })
        void is_the_share_of_sentences_that_one_source_supports(String answer, double share) {
            assertThat(grounding.share(answer)).isEqualTo(share, within(1e-9));
        }

        @Test
        void cites_the_sentence_that_says_most_of_it_or_the_whole_source() {
            String source = "First things first. The gateway keeps bodies up to 1 MiB. Then it gives up.";
            Grounding one = new Grounding(Hits.of(source));
            String said = "Bodies are kept up to 1 MiB.";

            Answer.Citation citation = one.cite(said, 0, said.length(), 0);

            assertThat(source.substring(citation.sourceStart(), citation.sourceEnd()))
                    .isEqualTo("The gateway keeps bodies up to 1 MiB.");
            assertThat(one.cite("Bananas.", 0, 8, 0)).isEqualTo(new Answer.Citation(0, 8, 0, 0, source.length()));
        }
    }

    @Nested
    class Retries {
        @Test
        void are_a_fifth_of_the_calls_beyond_the_first() {
            RetryBudget budget = new RetryBudget();
            int taken = 0;
            for (int call = 0; call < 100; call++) {
                budget.called();
                taken += budget.take() ? 1 : 0;
            }
            assertThat(taken).isBetween(20, 21);
        }
    }
}
