package dev.ragops.runtime.answer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.ragops.runtime.trace.Trace;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Whatever an endpoint does, there is an answer in time: an extractive one, marked as such. */
class EndpointTroubleTest extends EndpointFixture {
    @Nested
    class An_endpoint_in_trouble {
        private Answer stoodIn(Answer answer) {
            assertThat(answer.degraded()).isTrue();
            assertThat(answer.kind()).isEqualTo(Answer.Kind.EXTRACTIVE);
            assertThat(answer.text()).isNotEmpty();
            return answer;
        }

        @ParameterizedTest
        @CsvSource({"400, UNFIT", "413, UNFIT", "422, UNFIT", "401, REFUSED", "404, REFUSED", "302, REFUSED"})
        void that_refuses_is_not_asked_again(int status, Outcome outcome) {
            endpoint.usual = Endpoint.status(status);

            stoodIn(answerer().answer(question("rollback")));

            assertThat(outcomes).containsExactly(outcome);
        }

        @ParameterizedTest
        @ValueSource(ints = {429, 500, 502, 503, 504})
        void for_a_moment_is_asked_once_more(int status) {
            endpoint.behaviours.add(Endpoint.status(status));

            assertThat(answerer().answer(question("rollback")).degraded()).isFalse();
            assertThat(outcomes).hasSize(2).last().isEqualTo(Outcome.ANSWERED);
        }

        @Test
        void that_asks_to_be_left_alone_is() {
            endpoint.usual = Endpoint.status(429, "retry-after", "30");
            Answerer answerer = answerer();

            stoodIn(answerer.answer(question("rollback")));
            stoodIn(answerer.answer(question("rollback")));

            assertThat(outcomes).containsExactly(Outcome.BUSY, Outcome.RESTING);
            now.set(Instant.EPOCH.plusSeconds(31));
            endpoint.usual = Endpoint.says("It rains [2].");
            assertThat(answerer.answer(question("rollback")).degraded()).isFalse();
        }

        @Test
        void is_not_asked_after_five_failures_until_it_has_rested() {
            endpoint.usual = Endpoint.status(500);
            Answerer answerer = answerer();
            for (int i = 0; i < 10; i++) {
                stoodIn(answerer.answer(question("rollback")));
            }
            assertThat(endpoint.asked).hasSize(5);
            assertThat(outcomes).endsWith(Outcome.RESTING);

            now.set(Instant.EPOCH.plusSeconds(21));
            endpoint.usual = Endpoint.says("It rains [2].");
            assertThat(answerer.answer(question("rollback")).degraded()).isFalse();
        }

        @Test
        void for_callers_who_are_in_a_hurry_only_is_asked_by_the_others() {
            endpoint.usual = exchange -> endpoint.silence();
            Answerer answerer = answerer();
            for (int i = 0; i < 10; i++) {
                stoodIn(answerer.answer(new Question("rollback", HITS, false, Duration.ofMillis(200), Trace.none())));
            }
            assertThat(outcomes).hasSize(10).containsOnly(Outcome.TIMEOUT);

            endpoint.usual = Endpoint.says("It rains [2].");
            assertThat(answerer.answer(question("rollback")).degraded()).isFalse();
        }

        @ParameterizedTest
        @ValueSource(ints = {400, 413, 422})
        void for_one_question_only_is_asked_the_others(int status) {
            endpoint.usual = Endpoint.status(status);
            Answerer answerer = answerer();
            for (int i = 0; i < 10; i++) {
                stoodIn(answerer.answer(question("rollback")));
            }
            assertThat(outcomes).hasSize(10).containsOnly(Outcome.UNFIT);

            endpoint.usual = Endpoint.says("It rains [2].");
            assertThat(answerer.answer(question("rollback")).degraded()).isFalse();
        }

        @Test
        void that_hangs_is_left_alone_also_when_no_caller_has_its_whole_time() {
            endpoint.usual = exchange -> endpoint.silence();
            Answerer answerer = answerer();
            for (int i = 0; i < 6; i++) {
                stoodIn(answerer.answer(new Question("rollback", HITS, false, Duration.ofMillis(600), Trace.none())));
            }
            assertThat(outcomes).endsWith(Outcome.TIMEOUT, Outcome.RESTING).hasSize(6);
        }

        @Test
        void that_says_nothing_is_given_up_in_time() {
            endpoint.usual = exchange -> endpoint.silence();

            stoodIn(answerer().answer(question("rollback")));

            assertThat(outcomes).containsExactly(Outcome.TIMEOUT);
        }

        @Test
        void that_falls_silent_midway_is_given_up_sooner() {
            endpoint.usual = exchange -> {
                Endpoint.chunk(Endpoint.stream(exchange), "It rains [2]. And");
                endpoint.silence();
            };
            long begin = System.nanoTime();

            stoodIn(answerer().answer(question("rollback")));

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(1900));
            assertThat(outcomes).containsExactly(Outcome.TIMEOUT);
        }

        @Test
        void gets_no_more_time_than_the_request_has() {
            endpoint.usual = exchange -> endpoint.silence();
            Answerer answerer = answerer();

            stoodIn(answerer.answer(new Question("rollback", HITS, false, Duration.ofMillis(400), Trace.none())));
            stoodIn(answerer.answer(new Question("rollback", HITS, false, Duration.ofMillis(50), Trace.none())));

            assertThat(endpoint.asked).hasSize(1);
        }

        @Test
        void that_breaks_off_leaves_what_listeners_heard_and_says_so() {
            endpoint.usual = exchange -> Endpoint.chunk(Endpoint.stream(exchange), "It rains [2]. And");
            List<String> deltas = new ArrayList<>();

            Answer streamed = answerer().stream(question("rollback"), deltas::add);

            assertThat(streamed.text()).isEqualTo("It rains.").isEqualTo(String.join("", deltas));
            assertThat(streamed.degraded()).isTrue();
            assertThat(streamed.kind()).isEqualTo(Answer.Kind.GENERATED);
            stoodIn(answerer().answer(question("rollback")));
            assertThat(outcomes).containsExactly(Outcome.CUT, Outcome.CUT);
        }

        @Test
        void before_its_first_word_is_replaced_for_listeners_too() {
            endpoint.usual = Endpoint.status(400);
            List<String> deltas = new ArrayList<>();

            Answer answer = stoodIn(answerer().stream(question("rollback"), deltas::add));

            assertThat(deltas).hasSize(2);
            assertThat(String.join("", deltas)).isEqualTo(answer.text());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "data: {\"error\":{\"message\":\"out of memory\"}}\n\n",
                    "data: {\"object\":\"error\",\"message\":\"x\"}\n\n",
                    "data: nonsense\n\n",
                    "data: [DONE]\n\n",
                    "data: {\"choices\":[{\"delta\":{\"content\":\"  \"},\"finish_reason\":\"stop\"}]}\n\n",
                    "<html>no such thing</html>",
                    ""
                })
        void that_streams_nonsense_has_failed(String body) {
            endpoint.usual = exchange -> Endpoint.stream(exchange).write(body.getBytes(StandardCharsets.UTF_8));

            stoodIn(answerer().answer(question("rollback")));

            assertThat(outcomes).containsAnyOf(Outcome.NONSENSE, Outcome.CUT).hasSize(1);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"<html>", "[]", "{}", "{\"choices\":[]}", "{\"choices\":[{\"message\":{\"content\":null}}]}"
                })
        void whose_document_is_none_has_failed(String body) {
            endpoint.usual = Endpoint.document(body);

            stoodIn(answerer().answer(question("rollback")));

            assertThat(outcomes).containsExactly(Outcome.NONSENSE);
        }

        @Test
        void that_never_ends_is_cut_off() {
            endpoint.usual = exchange -> {
                OutputStream out = Endpoint.stream(exchange);
                byte[] much = "x".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
                while (true) {
                    out.write(much);
                }
            };

            stoodIn(answerer().answer(question("rollback")));

            assertThat(outcomes).containsExactly(Outcome.NONSENSE);
        }

        @Test
        void where_nobody_listens_is_unreachable() {
            endpoint.leave();

            stoodIn(answerer().answer(question("rollback")));

            assertThat(outcomes).containsOnly(Outcome.UNREACHABLE);
        }

        @Test
        void whose_key_cannot_be_read_is_not_asked() {
            Answerer answerer = answerer(Optional.of(directory.resolve("none")));

            stoodIn(answerer.answer(question("rollback")));

            assertThat(endpoint.asked).isEmpty();
            assertThat(outcomes).containsExactly(Outcome.REFUSED);
        }

        @ParameterizedTest
        @ValueSource(strings = {"\uFEFFsecret", "sec\nret", "sec\u2028ret"})
        void whose_key_is_no_header_is_not_asked_and_that_is_said_once_without_the_key(String key) throws Exception {
            Path file = Files.writeString(directory.resolve("key"), key);
            Answerer answerer = answerer(Optional.of(file));
            ListAppender<ILoggingEvent> log = new ListAppender<>();
            log.start();
            Logger logger = (Logger) LoggerFactory.getLogger(OpenAiGenerator.class);
            logger.addAppender(log);

            stoodIn(answerer.answer(question("rollback")));
            stoodIn(answerer.answer(question("rollback")));
            logger.detachAppender(log);

            assertThat(endpoint.asked).isEmpty();
            assertThat(outcomes).containsExactly(Outcome.REFUSED, Outcome.REFUSED);
            assertThat(log.list).singleElement().satisfies(event -> {
                assertThat(event.getFormattedMessage())
                        .contains(file.toString())
                        .doesNotContain("ret");
                assertThat(event.getThrowableProxy()).isNull();
            });

            Files.writeString(file, "secret");
            assertThat(answerer.answer(question("rollback")).degraded()).isFalse();
        }
    }
}
