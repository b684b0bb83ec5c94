package dev.ragops.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ragops.runtime.answer.Endpoint;
import dev.ragops.runtime.config.AnswerConfig;
import dev.ragops.runtime.config.RagConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that a generator writes, as users get them over HTTP, and what becomes of the others while it is slow. */
class GeneratedServerTest extends ServerFixture {
    private static final String QUESTION = "{\"query\":\"what is a rollback?\"}";
    private static final String STREAMED = "{\"query\":\"what is a rollback?\",\"stream\":true}";
    private static final String CHAT =
            "{\"model\":\"default\",\"messages\":[{\"role\":\"user\",\"content\":\"what is a rollback?\"}]}";
    private static final String CHAT_STREAMED = CHAT.replace("{\"model\"", "{\"stream\":true,\"model\"");

    /** Longer than any test waits: what ends sooner was ended by something else. */
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final Endpoint endpoint = new Endpoint();

    @Override
    RagConfig config() {
        AnswerConfig answer = AnswerConfig.DEFAULT.with(
                AnswerConfig.Kind.GENERATED, 2, Optional.of(endpoint.generator(Optional.empty(), TIMEOUT)));
        RagConfig base = RagConfig.DEFAULT;
        return new RagConfig(base.name(), base.embedder(), base.chunking(), base.retrieval(), answer);
    }

    @AfterEach
    void leave() {
        endpoint.close();
    }

    private CompletableFuture<HttpResponse<InputStream>> ask(String path, String body) {
        return http.sendAsync(
                HttpRequest.newBuilder(URI.create(url + path))
                        .header("content-type", TYPE)
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofInputStream());
    }

    /** The data of a stream's events, by order. */
    private static List<JsonNode> events(HttpResponse<String> response) {
        assertThat(response.headers().firstValue("content-type")).contains("text/event-stream");
        return response.body()
                .lines()
                .filter(line -> line.startsWith("data: {") || line.startsWith("data: ["))
                .map(line -> line.substring("data: ".length()))
                .filter(data -> !data.equals("[DONE]"))
                .map(ContractOracle::parsed)
                .toList();
    }

    private static String text(List<JsonNode> events, String pointer) {
        return events.stream().map(event -> event.at(pointer).asText()).collect(Collectors.joining());
    }

    private double calls(String outcome) throws IOException, InterruptedException {
        return metric("ragops_runtime_generator_calls_total{outcome=\"" + outcome + "\",}");
    }

    @Nested
    class An_answer {
        @Test
        void is_the_generators_and_counted() throws Exception {
            endpoint.usual = Endpoint.says("A rollback is a change", " of route [1]. Bananas grow on trees.");

            HttpResponse<String> response = post("/query", QUESTION);

            assertThat(response.headers().firstValue("x-ragops-answer-class")).contains("generated");
            JsonNode answer = json(response).path("answer");
            assertThat(answer.path("text").asText())
                    .isEqualTo("A rollback is a change of route. Bananas grow on trees.");
            assertThat(answer.path("kind").asText()).isEqualTo("generated");
            assertThat(answer.path("degraded").asBoolean()).isFalse();
            assertThat(answer.at("/citations/0/source").asInt()).isZero();
            assertThat(metric("ragops_runtime_answers_total{kind=\"generated\",}"))
                    .isEqualTo(1);
            assertThat(metric("ragops_runtime_groundedness_count")).isEqualTo(1);
            assertThat(metric("ragops_runtime_groundedness_sum")).isEqualTo(0.5);
            assertThat(metric("ragops_runtime_generator_seconds_count")).isEqualTo(1);
            assertThat(calls("answered")).isEqualTo(1);
            assertThat(metric("ragops_runtime_low_confidence_total")).isZero();
            assertThat(metric("ragops_runtime_degraded_total")).isZero();
        }

        @Test
        void that_rests_on_nothing_is_counted_as_such() throws Exception {
            endpoint.usual = Endpoint.says("Bananas grow on trees.");

            assertThat(query(QUESTION).at("/answer/lowConfidence").asBoolean()).isTrue();

            assertThat(metric("ragops_runtime_low_confidence_total")).isEqualTo(1);
            assertThat(metric("ragops_runtime_groundedness_bucket{le=\"0.1\",}"))
                    .isEqualTo(1);
        }

        @Test
        void comes_in_parts_to_those_who_want_it_so() throws Exception {
            endpoint.usual = Endpoint.says("A rollback is a change", " of route [1]. It", " rains [2].");

            HttpResponse<String> response = post("/query", STREAMED);

            assertThat(response.headers().firstValue("x-ragops-answer-class")).contains("generated");
            List<JsonNode> events = events(response);
            assertThat(events.getFirst().isArray()).isTrue();
            assertThat(text(events, "/text")).isEqualTo("A rollback is a change of route. It rains.");
            assertThat(events.getLast().path("kind").asText()).isEqualTo("generated");
            assertThat(events.getLast().path("degraded").asBoolean()).isFalse();
            assertThat(events.getLast().path("citations")).hasSize(2);
        }

        @Test
        void is_given_in_the_shape_of_a_chat_too() throws Exception {
            endpoint.usual = Endpoint.says("A rollback is a change", " of route [1]. It", " rains [2].");

            HttpResponse<String> whole = post("/v1/chat/completions", CHAT);
            HttpResponse<String> streamed = post("/v1/chat/completions", CHAT_STREAMED);

            assertThat(whole.headers().firstValue("x-ragops-answer-class")).contains("generated");
            assertThat(json(whole).at("/choices/0/message/content").asText())
                    .isEqualTo("A rollback is a change of route. It rains.");
            assertThat(streamed.headers().firstValue("x-ragops-answer-class")).contains("generated");
            assertThat(text(events(streamed), "/choices/0/delta/content"))
                    .isEqualTo("A rollback is a change of route. It rains.");
            assertThat(streamed.body()).endsWith("data: [DONE]\n\n");
        }

        @Test
        void says_to_chat_clients_too_how_far_to_trust_it() throws Exception {
            endpoint.usual = Endpoint.says("A rollback is a change of route [1]. Bananas grow on trees.");
            JsonNode whole = json(post("/v1/chat/completions", CHAT));
            List<JsonNode> chunks = events(post("/v1/chat/completions", CHAT_STREAMED));

            for (JsonNode answer : List.of(whole, chunks.getLast())) {
                assertThat(answer.path("kind").asText()).isEqualTo("generated");
                assertThat(answer.path("degraded").isBoolean()).isTrue();
                assertThat(answer.path("degraded").asBoolean()).isFalse();
                assertThat(answer.path("lowConfidence").asBoolean(true)).isFalse();
                assertThat(answer.path("groundedness").asDouble()).isEqualTo(0.5);
                assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
            }
        }

        @Test
        void at_the_limit_of_its_length_says_so_in_the_word_that_chat_clients_know() throws Exception {
            endpoint.usual = Endpoint.fills("A rollback is a change of route [1]. And when");
            JsonNode whole = json(post("/v1/chat/completions", CHAT));
            List<JsonNode> chunks = events(post("/v1/chat/completions", CHAT_STREAMED));
            endpoint.usual = Endpoint.breaksOff("A rollback is a change of route [1]. And when");
            List<JsonNode> cut = events(post("/v1/chat/completions", CHAT_STREAMED));

            assertThat(whole.at("/choices/0/finish_reason").asText()).isEqualTo("length");
            assertThat(whole.path("degraded").asBoolean()).isTrue();
            assertThat(chunks.getLast().at("/choices/0/finish_reason").asText()).isEqualTo("length");
            assertThat(chunks.getLast().path("degraded").asBoolean()).isTrue();
            assertThat(cut.getLast().at("/choices/0/finish_reason").asText()).isEqualTo("stop");
            assertThat(cut.getLast().path("degraded").asBoolean()).isTrue();
        }

        @Test
        void is_annotated_by_code_points_and_cited_by_units() throws Exception {
            endpoint.usual =
                    Endpoint.says("\uD83D\uDE00\uD83D\uDE00 It rains [2]. A rollback is a change of route [1].");

            JsonNode chat = json(post("/v1/chat/completions", CHAT)).at("/choices/0/message");
            JsonNode own = query(QUESTION).path("answer");

            JsonNode annotation = chat.at("/annotations/1/url_citation");
            int[] codePoints = chat.path("content").asText().codePoints().toArray();
            int start = annotation.path("start_index").asInt();
            assertThat(new String(
                            codePoints, start, annotation.path("end_index").asInt() - start))
                    .isEqualTo("A rollback is a change of route.");
            JsonNode citation = own.at("/citations/1");
            assertThat(own.path("text")
                            .asText()
                            .substring(
                                    citation.path("start").asInt(),
                                    citation.path("end").asInt()))
                    .isEqualTo("A rollback is a change of route.");
        }

        @Test
        void is_asked_for_in_the_trace_of_its_request() throws Exception {
            post(
                    "/query",
                    QUESTION,
                    "traceparent",
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                    "tracestate",
                    "vendor=1,other=2",
                    "x-request-id",
                    "r-1");
            post("/query", QUESTION, "traceparent", "00-nonsense", "tracestate", "vendor=1");

            var given = endpoint.headers.remove();
            assertThat(given.getFirst("traceparent"))
                    .matches("00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01")
                    .doesNotContain("b7ad6b7169203331");
            assertThat(given.getFirst("tracestate")).isEqualTo("vendor=1,other=2");
            assertThat(given.getFirst("x-request-id")).isEqualTo("r-1");
            var made = endpoint.headers.remove();
            assertThat(made.getFirst("traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00");
            assertThat(made.containsKey("tracestate")).isFalse();
        }

        @Test
        void nobody_waits_for_is_an_extractive_one_for_which_nobody_is_asked() throws Exception {
            serveAgain(Optional.empty(), List.of(Files.writeString(directory.resolve("token"), "of-the-model")));

            HttpResponse<String> mirrored =
                    post("/query", QUESTION, "x-ragops-shadow", "1", "authorization", "Bearer of-the-model");

            assertThat(json(mirrored).at("/answer/kind").asText()).isEqualTo("extractive");
            assertThat(endpoint.asked).isEmpty();
        }
    }

    @Nested
    class A_generator {
        @Test
        void that_breaks_off_leaves_a_stand_in_or_what_was_heard() throws Exception {
            endpoint.usual = Endpoint.breaksOff("A rollback is a change of route [1]. And");

            JsonNode whole = query(QUESTION).path("answer");
            List<JsonNode> streamed = events(post("/query", STREAMED));

            assertThat(whole.path("kind").asText()).isEqualTo("extractive");
            assertThat(whole.path("degraded").asBoolean()).isTrue();
            assertThat(whole.path("text").asText()).contains("never a rebuild");
            assertThat(text(streamed, "/text")).isEqualTo("A rollback is a change of route.");
            assertThat(streamed.getLast().path("kind").asText()).isEqualTo("generated");
            assertThat(streamed.getLast().path("degraded").asBoolean()).isTrue();
            assertThat(calls("cut")).isEqualTo(2);
            assertThat(metric("ragops_runtime_degraded_total")).isEqualTo(2);
        }

        @Test
        void that_hangs_is_waited_for_no_longer_than_the_request_may_take() throws Exception {
            endpoint.usual = exchange -> endpoint.silence();

            HttpResponse<String> response = post("/query", QUESTION, "x-ragops-deadline-ms", "1000");

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("x-ragops-answer-class")).contains("generated");
            assertThat(json(response).at("/answer/degraded").asBoolean()).isTrue();
            assertThat(json(response).at("/answer/kind").asText()).isEqualTo("extractive");
            assertThat(calls("timeout")).isEqualTo(1);
        }

        /** Streams several times: hanging up then meets different moments of the call. */
        @ParameterizedTest
        @ValueSource(strings = {QUESTION, STREAMED, STREAMED, STREAMED, STREAMED, STREAMED})
        void is_not_heard_out_when_the_client_has_gone(String question) throws Exception {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch given = new CountDownLatch(1);
            CountDownLatch refused = new CountDownLatch(1);
            endpoint.usual = exchange -> {
                OutputStream out = Endpoint.stream(exchange);
                Endpoint.chunk(out, "A rollback is a change of route [1]. And");
                begun.countDown();
                Endpoint.await(given);
                try {
                    while (true) {
                        Endpoint.chunk(out, " on");
                    }
                } catch (IOException e) {
                    refused.countDown();
                }
            };
            CompletableFuture<HttpResponse<InputStream>> asking = ask("/query", question);
            Endpoint.await(begun);
            if (question.equals(STREAMED)) {
                asking.join().body().close();
            } else {
                asking.cancel(true);
            }

            // The generator says nothing more, so only hanging up ends the wait for it.
            await().atMost(Duration.ofSeconds(20)).until(() -> metric("ragops_runtime_generating") == 0);
            given.countDown();
            assertThat(refused.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(server.drain(Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void a_connection_may_be_idle_for_as_long_as_an_answer_may_take() {
        assertThat(RuntimeServer.idle(config().answer())).isEqualTo(TIMEOUT.plusSeconds(15));
        assertThat(RuntimeServer.idle(AnswerConfig.DEFAULT)).isEqualTo(Duration.ofSeconds(75));
    }

    @Nested
    class While_a_generator_hangs {
        /** All of which wait for the generator; a few at a time, or the search would send some of them away. */
        private List<CompletableFuture<HttpResponse<InputStream>>> chats(int count) {
            endpoint.usual = exchange -> endpoint.silence();
            List<CompletableFuture<HttpResponse<InputStream>>> chats = new ArrayList<>();
            while (chats.size() < count) {
                for (int i = 0; i < 4; i++) {
                    chats.add(ask("/v1/chat/completions", CHAT));
                }
                await().atMost(Duration.ofSeconds(60)).until(() -> endpoint.asked.size() == chats.size());
            }
            return chats;
        }

        @Test
        void passages_are_found() throws Exception {
            List<CompletableFuture<HttpResponse<InputStream>>> chats = chats(40);

            assertThat(post("/retrieve", "{\"index_name\":\"default\",\"query\":\"rollback\"}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(post("/v1/vector_stores/default/search", QUESTION).statusCode())
                    .isEqualTo(200);
            assertThat(chats).noneMatch(CompletableFuture::isDone);
            assertThat(metric("ragops_runtime_generating")).isEqualTo(40);
            assertThat(metric("ragops_runtime_waiting{pool=\"query\",}")).isZero();
        }

        @Test
        void whoever_finds_no_place_gets_an_extractive_answer_at_once() throws Exception {
            List<CompletableFuture<HttpResponse<InputStream>>> chats = chats(256);

            JsonNode answer = query(QUESTION).path("answer");
            List<JsonNode> streamed = events(post("/query", STREAMED));

            assertThat(answer.path("degraded").asBoolean()).isTrue();
            assertThat(answer.path("kind").asText()).isEqualTo("extractive");
            assertThat(text(streamed, "/text")).isEqualTo(answer.path("text").asText());
            assertThat(streamed.getLast().path("degraded").asBoolean()).isTrue();
            assertThat(chats).noneMatch(CompletableFuture::isDone);
            assertThat(calls("full")).isEqualTo(2);
        }
    }
}
