package dev.ragops.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ragops.runtime.search.View;
import dev.ragops.runtime.store.Stores;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuntimeServerTest extends ServerFixture {
    @Nested
    class A_question {
        @Test
        void is_answered_from_the_bundle_with_citations_and_names_who_answered() throws Exception {
            HttpResponse<String> response =
                    post("/query", "{\"query\":\"what is a rollback?\",\"topK\":1,\"explain\":true}");

            JsonNode body = json(response);
            assertThat(body.path("sources")).hasSize(1);
            assertThat(body.at("/sources/0/documentId").asText()).isEqualTo("rollback");
            assertThat(body.at("/answer/text").asText()).isEqualTo("A rollback is a change of route, never a rebuild.");
            assertThat(body.at("/answer/citations/0/source").asInt()).isZero();
            assertThat(body.at("/timing/searchMicros").asLong()).isPositive();
            assertThat(response.headers().firstValue("x-ragops-revision")).contains("support-0123456789");
            assertThat(response.headers().firstValue("x-ragops-answer-class")).contains("retrieval");
        }

        @ParameterizedTest
        @CsvSource({"hybrid", "dense", "lexical"})
        void may_choose_its_mode(String mode) throws Exception {
            assertThat(query("{\"query\":\"rollback\",\"mode\":\"" + mode + "\"}")
                            .at("/sources/0/documentId")
                            .asText())
                    .isEqualTo("rollback");
        }

        @Test
        void may_filter_by_metadata() throws Exception {
            JsonNode body = query("""
                    {"query":"rollback","filter":{"type":"and","filters":[{"type":"eq","key":"kind","value":"other"},{"type":"nin","key":"kind","value":["concept"]}]}}""");

            assertThat(body.path("sources"))
                    .allMatch(source -> source.path("documentId").asText().equals("weather"));
        }

        @Test
        void that_waits_for_a_sequence_which_never_comes_is_told_to_come_back() throws Exception {
            HttpResponse<String> response = post("/query", "{\"query\":\"rollback\",\"minSequence\":99}");

            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("retry-after")).contains("1");
            assertThat(json(response).path("detail").asText()).contains("minSequence asks for 99");
        }

        @Test
        void that_would_wait_for_a_sequence_with_too_many_others_is_sent_away_at_once() throws Exception {
            List<CompletableFuture<View>> others = Stream.generate(() -> follower.reached(99))
                    .limit(2000)
                    .takeWhile(waiting -> !waiting.isCompletedExceptionally())
                    .toList();
            HttpResponse<String> refused = post("/query", "{\"query\":\"rollback\",\"minSequence\":99}");

            assertThat(others).hasSize(1000);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("retry-after")).contains("1");
            assertThat(json(refused).path("title").asText()).isEqualTo("Overloaded");
            assertThat(json(refused).path("detail").asText()).contains("1000 requests wait for a later view already");
            assertThat(post("/query", "{\"query\":\"rollback\",\"minSequence\":0}")
                            .statusCode())
                    .isEqualTo(200);
        }

        @Test
        void whose_deadline_is_over_is_not_worked_on() throws Exception {
            HttpResponse<String> response = post("/query", "{\"query\":\"rollback\"}", "x-ragops-deadline-ms", "-1");

            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(json(response).path("title").asText()).isEqualTo("Deadline passed");
        }

        @Test
        void with_a_deadline_that_is_no_number_is_answered_all_the_same() throws Exception {
            assertThat(post("/query", "{\"query\":\"rollback\"}", "x-ragops-deadline-ms", "soon")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Nested
    class A_bad_request {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "/query|{|not JSON",
                    "/query|[]|must be a JSON object",
                    "/query|{\"query\":\"x\"} trailing|not JSON",
                    "/query|{\"query\":\"x\",\"query\":\"y\"}|not JSON",
                    "/query|{}|query is missing",
                    "/query|{\"query\":\"  \"}|query must be text",
                    "/query|{\"query\":5}|query must be text",
                    "/query|{\"query\":\"a\\u0000b\"}|query must be text that is not blank and has no NUL",
                    "/query|{\"query\":\"x\",\"topk\":3}|topk is unknown",
                    "/query|{\"query\":\"x\",\"topK\":0}|topK must be a",
                    "/query|{\"query\":\"x\",\"topK\":2.5}|topK must be a",
                    "/query|{\"query\":\"x\",\"mode\":\"fast\"}|mode must be one of hybrid, dense, lexical",
                    "/query|{\"query\":\"x\",\"minScore\":\"high\"}|minScore must be a number",
                    "/query|{\"query\":\"x\",\"minSequence\":-1}|minSequence must be a number from 0",
                    "/query|{\"query\":\"x\",\"explain\":\"yes\"}|explain must be true or false",
                    "/query|{\"query\":\"x\",\"filter\":[]}|filter",
                    "/query|{\"query\":\"x\",\"filter\":{\"type\":\"like\",\"key\":\"a\",\"value\":1}}|filter.type must be one of eq",
                    "/query|{\"query\":\"x\",\"filter\":{\"type\":\"eq\",\"key\":\"a\"}}|filter.value is missing",
                    "/query|{\"query\":\"x\",\"filter\":{\"type\":\"in\",\"key\":\"a\",\"value\":1}}|filter.value must be a list",
                    "/query|{\"query\":\"x\",\"filter\":{\"type\":\"eq\",\"key\":\"a\",\"value\":{}}}|filter.value must be text, a number, true or false",
                    "/query|{\"query\":\"x\",\"filter\":{\"type\":\"and\",\"filters\":[]}}|filter.filters must be a list",
                    "/query|{\"query\":\"x\",\"filter\":{\"type\":\"and\"}}|filter.filters is missing",
                    "/ingest|{}|documents is missing",
                    "/ingest|{\"documents\":[]}|documents must be a list of 1 to 1000",
                    "/ingest|{\"documents\":[5]}|documents[0] must be a JSON object",
                    "/ingest|{\"documents\":[{\"id\":\"a\"}]}|documents[0].text is missing",
                    "/ingest|{\"documents\":[{\"id\":\"a\",\"text\":\"x\",\"meta\":1}]}|documents[0].meta is unknown",
                    "/ingest|{\"documents\":[{\"id\":\"a\",\"text\":\"x\",\"metadata\":{\"a\":{}}}]}|documents[0].metadata.a must be text, a number, true or false, a list",
                })
        void names_what_is_wrong_and_where(String path, String body, String why) throws Exception {
            HttpResponse<String> response = post(path, body);

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
            assertThat(json(response).path("detail").asText()).contains(why);
            assertThat(follower.head().sequence()).isZero();
        }

        @Test
        void without_a_body_is_told_what_to_send() throws Exception {
            HttpResponse<String> response = send("POST", "/query", TYPE, new byte[0]);

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(json(response).path("detail").asText()).contains("the body is empty");
        }

        @Test
        void in_another_encoding_is_refused() throws Exception {
            HttpResponse<String> response = send("POST", "/query", TYPE, new byte[] {'{', (byte) 0xff, '}'});

            assertThat(json(response).path("detail").asText()).contains("not UTF-8");
        }

        @Test
        void nested_too_deep_is_refused() throws Exception {
            String deep = "{\"type\":\"and\",\"filters\":[".repeat(20) + "{\"type\":\"eq\",\"key\":\"a\",\"value\":1}"
                    + "]}".repeat(20);

            HttpResponse<String> response = post("/query", "{\"query\":\"x\",\"filter\":" + deep + "}");

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(json(response).path("detail").asText()).contains("nested deeper");
        }

        @Test
        void of_another_type_gets_415_a_huge_one_413_an_unknown_path_404_another_method_405() throws Exception {
            assertThat(send("POST", "/query", "text/plain", new byte[] {'x'}).statusCode())
                    .isEqualTo(415);
            assertThat(send("POST", "/query", TYPE, new byte[11 << 20]).statusCode())
                    .isEqualTo(413);
            HttpResponse<String> unknown = get("/nowhere");
            assertThat(unknown.statusCode()).isEqualTo(404);
            assertThat(json(unknown).path("detail").asText()).contains("/nowhere");
            assertThat(send("PUT", "/query", TYPE, new byte[] {'x'}).statusCode())
                    .isEqualTo(405);
        }
    }

    @Nested
    class Documents {
        @Test
        void are_found_at_once_where_they_were_written_and_hide_what_the_bundle_ships() throws Exception {
            HttpResponse<String> written = post("/ingest", """
                    {"documents":[{"id":"rollback","title":"Rollback","text":"Going back is a matter of seconds.","metadata":{"kind":"new"}}]}""");

            assertThat(json(written).at("/results/0/status").asText()).isEqualTo("created");
            JsonNode body = query("{\"query\":\"going back rollback\",\"minSequence\":1}");
            assertThat(body.toString()).contains("matter of seconds").doesNotContain("never a rebuild");
            assertThat(body.path("sequence").asLong()).isEqualTo(1);
        }

        @Test
        void are_read_back_and_deleted_also_those_of_the_bundle() throws Exception {
            post("/ingest", "{\"documents\":[{\"id\":\"a b\",\"text\":\"one\"}],\"collection\":\"other\"}");
            assertThat(json(get("/documents/a%20b?collection=other"))
                            .path("text")
                            .asText())
                    .isEqualTo("one");
            assertThat(get("/documents/a%20b").statusCode()).isEqualTo(404);

            HttpResponse<String> deleted = send("DELETE", "/documents/rollback", "", new byte[0]);

            assertThat(json(deleted).at("/results/0/status").asText()).isEqualTo("deleted");
            assertThat(query("{\"query\":\"rollback\"}").path("sources"))
                    .noneMatch(source -> source.path("documentId").asText().equals("rollback"));
            assertThat(get("/documents/rollback").statusCode()).isEqualTo(404);
            assertThat(json(send("DELETE", "/documents/rollback", "", new byte[0]))
                            .at("/results/0/status")
                            .asText())
                    .isEqualTo("absent");
        }

        @Test
        void may_come_as_lines_of_which_a_bad_one_costs_only_itself() throws Exception {
            StringBuilder lines = new StringBuilder("not json\n\n");
            for (int i = 0; i < 250; i++) {
                lines.append("{\"id\":\"n")
                        .append(i)
                        .append("\",\"text\":\"line number ")
                        .append(i)
                        .append("\"}\n");
            }
            HttpResponse<String> response = send(
                    "POST",
                    "/ingest?wait=false",
                    "application/x-ndjson",
                    lines.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));

            List<String> answers = response.body().lines().toList();
            assertThat(answers).hasSize(251);
            assertThat(answers.getFirst())
                    .contains("\"line\":1")
                    .contains("error")
                    .contains("not JSON");
            assertThat(answers.subList(1, 251)).allMatch(line -> line.contains("created"));
            await().atMost(Duration.ofSeconds(60))
                    .until(() ->
                            follower.current().sequence() == follower.head().sequence()
                                    && follower.current().passages().documents() == 252);
        }

        @Test
        void in_a_collection_with_too_long_a_name_are_refused() throws Exception {
            assertThat(get("/documents/a?collection=" + "x".repeat(200)).statusCode())
                    .isEqualTo(400);
        }

        @Test
        void cannot_be_written_where_there_is_no_store_and_the_answer_says_why() throws Exception {
            serveAgain(Optional.empty(), List.of());

            HttpResponse<String> response = post("/ingest", "{\"documents\":[{\"id\":\"a\",\"text\":\"x\"}]}");

            assertThat(response.statusCode()).isEqualTo(405);
            assertThat(json(response).path("detail").asText()).contains("set spec.documents");
            assertThat(get("/documents/a").statusCode()).isEqualTo(404);
            assertThat(query("{\"query\":\"rollback\"}").path("sources")).isNotEmpty();
        }
    }

    @Nested
    class A_process {
        @Test
        void tells_its_state() throws Exception {
            JsonNode state = json(get("/health"));

            assertThat(state.path("status").asText()).isEqualTo("ready");
            assertThat(state.at("/view/documents").asInt()).isEqualTo(2);
            assertThat(state.at("/store/kind").asText()).isEqualTo("sqlite");
            assertThat(get("/health/live").statusCode()).isEqualTo(200);
            assertThat(get("/health/startup").statusCode()).isEqualTo(200);
            assertThat(get("/health/ready").statusCode()).isEqualTo(200);
        }

        @Test
        void counts_what_it_answers_but_not_what_its_gateway_mirrored() throws Exception {
            Path token = Files.writeString(directory.resolve("token"), "of-the-model");
            serveAgain(Optional.empty(), List.of(token));
            String bearer = "Bearer of-the-model";
            post("/query", "{\"query\":\"rollback\"}", "authorization", bearer, "x-ragops-shadow", "1");
            post("/query", "{\"query\":\"rollback\"}", "authorization", bearer);
            post("/query", "{\"query\":\"rollback\"}", "x-ragops-shadow", "1");

            await().untilAsserted(() -> assertThat(get("/metrics").body())
                    .contains("ragops_runtime_requests_total{route=\"/query\",code=\"200\",} 1.0")
                    .contains("ragops_runtime_requests_total{route=\"/query\",code=\"401\",} 1.0")
                    .contains("ragops_runtime_passages 2.0"));
        }

        @Test
        void without_a_gateway_counts_also_what_a_client_calls_mirrored() throws Exception {
            post("/query", "{\"query\":\"rollback\"}", "x-ragops-shadow", "1");

            await().untilAsserted(() -> assertThat(get("/metrics").body())
                    .contains("ragops_runtime_requests_total{route=\"/query\",code=\"200\",} 1.0"));
        }

        @Test
        void describes_its_api() throws Exception {
            JsonNode api = json(get("/openapi.json"));

            assertThat(api.path("openapi").asText()).startsWith("3.");
            assertThat(api.path("paths").fieldNames())
                    .toIterable()
                    .contains("/query", "/ingest", "/documents/{id}", "/health", "/metrics");
        }

        @Test
        void that_drains_turns_unready_and_lets_clients_go() throws Exception {
            assertThat(server.drain(Duration.ofSeconds(5))).isTrue();

            HttpResponse<String> response = get("/health/ready");
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("connection")).contains("close");
        }

        @Test
        void with_tokens_answers_only_those_who_have_one_also_after_a_rotation() throws Exception {
            Path token = directory.resolve("token");
            Files.writeString(token, "first\n");
            serveAgain(Optional.empty(), List.of(token, directory.resolve("previous")));

            assertThat(post("/query", "{\"query\":\"x\"}").statusCode()).isEqualTo(401);
            assertThat(post("/query", "{\"query\":\"x\"}", "authorization", "Basic abc")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(post("/query", "{\"query\":\"x\"}", "authorization", "Bearer first")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(get("/health").statusCode()).isEqualTo(200);
            assertThat(get("/metrics").statusCode()).isEqualTo(200);

            Files.writeString(token, "second");
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> post("/query", "{\"query\":\"x\"}", "authorization", "Bearer second")
                                    .statusCode()
                            == 200);
            assertThat(post("/query", "{\"query\":\"x\"}", "authorization", "Bearer first")
                            .statusCode())
                    .isEqualTo(401);
        }

        @Test
        void whose_store_opens_late_serves_its_bundle_and_catches_up() throws Exception {
            java.util.concurrent.atomic.AtomicInteger tries = new java.util.concurrent.atomic.AtomicInteger();
            serveAgain(
                    Optional.of(() -> {
                        if (tries.incrementAndGet() < 3) {
                            throw new dev.ragops.runtime.store.StoreException("down");
                        }
                        return Stores.sqlite(directory.resolve("late.db"), "default/late");
                    }),
                    List.of());

            assertThat(tries).hasValueGreaterThanOrEqualTo(3);
            assertThat(json(get("/health")).at("/store/reachable").asBoolean()).isTrue();
        }
    }
}
