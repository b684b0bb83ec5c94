package dev.ragops.runtime.answer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.ragops.runtime.config.AnswerConfig;
import dev.ragops.runtime.search.Passage;
import dev.ragops.runtime.search.SearchHit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerTest {
    private static final List<SearchHit> HITS = List.of(
            hit(
                    "rollback",
                    "A rollback is a change of route. It takes two seconds. See https://known.example/page for more.",
                    0.8),
            hit("weather", "It rains in the north.", 0.2));

    private static SearchHit hit(String id, String text, double dense) {
        return new SearchHit(
                new Passage("default", id, 0, 0, text.length(), "", text, Map.of()),
                dense,
                OptionalDouble.of(dense),
                OptionalDouble.empty(),
                OptionalDouble.empty());
    }

    @Nested
    class An_extractive_answer {
        private final ExtractiveAnswerer answerer = new ExtractiveAnswerer(2);

        @Test
        void repeats_sentences_of_the_sources_word_for_word_and_cites_each() {
            Answer answer = answerer.answer("how many seconds does a rollback take", HITS);

            assertThat(answer.citations()).hasSize(2);
            for (Answer.Citation citation : answer.citations()) {
                String said = answer.text().substring(citation.start(), citation.end());
                assertThat(HITS.get(citation.source()).passage().text()).contains(said);
            }
            assertThat(answer.text()).contains("It takes two seconds.");
            assertThat(answer.lowConfidence()).isFalse();
        }

        @Test
        void of_nothing_is_empty_and_not_confident() {
            Answer answer = answerer.answer("anything", List.of());

            assertThat(answer.text()).isEmpty();
            assertThat(answer.lowConfidence()).isTrue();
        }

        @Test
        void from_sources_that_hardly_fit_says_so() {
            assertThat(answerer.answer("?!", HITS.subList(1, 2)).lowConfidence())
                    .isTrue();
        }
    }

    @Nested
    class A_generated_answer {
        @TempDir
        Path directory;

        private HttpServer server;
        private final AtomicReference<String> reply = new AtomicReference<>("");
        private final AtomicReference<String> asked = new AtomicReference<>("");
        private final AtomicReference<String> authorization = new AtomicReference<>("");
        private final AtomicInteger status = new AtomicInteger(200);
        private final AtomicInteger calls = new AtomicInteger();

        @BeforeEach
        void start() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/v1/chat/completions", exchange -> {
                calls.incrementAndGet();
                asked.set(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                authorization.set(String.valueOf(exchange.getRequestHeaders().getFirst("authorization")));
                byte[] body = reply.get().getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status.get(), body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            server.start();
        }

        @AfterEach
        void stop() {
            server.stop(0);
        }

        private Answerer answerer(Optional<String> keyFile) {
            String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
            return new Answerer(
                    new AnswerConfig(
                            AnswerConfig.Kind.GENERATED,
                            2,
                            Optional.of(new AnswerConfig.Generator(url, "small", keyFile, Duration.ofSeconds(2)))),
                    Clock.systemUTC());
        }

        private void says(String content) {
            reply.set("{\"choices\":[{\"message\":{\"content\":\"" + content + "\"}}]}");
        }

        @Test
        void cites_only_sources_that_were_given() throws IOException {
            Path key = Files.writeString(directory.resolve("key"), "secret\n");
            says("A rollback changes the route [1]. It is quick [7]. It rains [2].");

            Answer answer = answerer(Optional.of(key.toString())).answer("what is a rollback", HITS, false);

            assertThat(answer.kind()).isEqualTo(Answer.Kind.GENERATED);
            assertThat(answer.text()).isEqualTo("A rollback changes the route. It is quick. It rains.");
            assertThat(answer.citations()).extracting(Answer.Citation::source).containsExactly(0, 1);
            assertThat(authorization.get()).isEqualTo("Bearer secret");
            assertThat(asked.get()).contains("<source id=\\\"1\\\">").contains("small");
        }

        @Test
        void loses_links_and_images_that_stand_in_no_source() {
            says(
                    "See ![x](http://evil.example/a.png) and [this](https://evil.example) and https://known.example/page [1].");

            Answer answer = answerer(Optional.empty()).answer("q", HITS, false);

            assertThat(answer.text())
                    .doesNotContain("evil")
                    .contains("https://known.example/page")
                    .contains("this");
        }

        @Test
        void that_fails_is_replaced_by_an_extractive_one_that_says_so() {
            status.set(500);

            Answer answer = answerer(Optional.empty()).answer("rollback", HITS, false);

            assertThat(answer.degraded()).isTrue();
            assertThat(answer.kind()).isEqualTo(Answer.Kind.EXTRACTIVE);
        }

        @Test
        void that_is_nonsense_counts_as_a_failure() {
            reply.set("{\"choices\":[]}");
            assertThat(answerer(Optional.empty())
                            .answer("rollback", HITS, false)
                            .degraded())
                    .isTrue();
            reply.set("<html>");
            assertThat(answerer(Optional.empty())
                            .answer("rollback", HITS, false)
                            .degraded())
                    .isTrue();
        }

        @Test
        void is_not_asked_for_after_five_failures_in_a_row() {
            status.set(503);
            Answerer answerer = answerer(Optional.empty());
            for (int i = 0; i < 8; i++) {
                answerer.answer("rollback", HITS, false);
            }
            assertThat(calls).hasValue(5);
        }

        @Test
        void is_not_paid_for_when_the_question_was_mirrored() {
            Answerer answerer = answerer(Optional.empty());

            assertThat(answerer.answer("rollback", HITS, true).degraded()).isFalse();
            assertThat(answerer.generates()).isTrue();
            assertThat(calls).hasValue(0);
        }
    }

    @Nested
    class A_breaker {
        @Test
        void lets_one_through_after_its_rest_and_closes_when_that_succeeds() {
            AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
            Breaker breaker = new Breaker(new Clock() {
                @Override
                public java.time.ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(java.time.ZoneId zone) {
                    return this;
                }

                @Override
                public Instant instant() {
                    return now.get();
                }
            });
            for (int i = 0; i < 5; i++) {
                assertThat(breaker.allows()).isTrue();
                breaker.failed();
            }
            assertThat(breaker.allows()).isFalse();

            now.set(Instant.EPOCH.plusSeconds(21));
            assertThat(breaker.allows()).isTrue();
            assertThat(breaker.allows()).isFalse();

            breaker.succeeded();
            assertThat(breaker.allows()).isTrue();
        }
    }
}
