package dev.ragops.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ragops.runtime.http.access.ApiKey;
import dev.ragops.runtime.store.Stores;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a key opens, and what it does not. */
class AccessTest extends ServerFixture {
    private static final String QUESTION = "{\"query\":\"rollback\"}";

    private static ApiKey.Made key(List<String> collections, boolean writes) {
        return ApiKey.make("test", collections, writes, Optional.empty(), OptionalDouble.empty());
    }

    private void serveWith(List<Path> tokens, String... lines) throws IOException {
        Path keys = directory.resolve("keys.jsonl");
        Files.writeString(keys, String.join("\n", lines));
        stop();
        serve(
                Optional.of(() -> Stores.sqlite(directory.resolve("keys.db"), "default/keys")),
                tokens,
                Optional.of(keys));
    }

    private HttpResponse<String> ask(String key) throws Exception {
        return post("/query", QUESTION, "authorization", "Bearer " + key);
    }

    @Nested
    class A_key {
        @Test
        void lets_its_bearer_in_and_nobody_else() throws Exception {
            ApiKey.Made made = key(List.of(), true);
            serveWith(List.of(), made.entry().line());

            assertThat(ask(made.key()).statusCode()).isEqualTo(200);
            assertThat(post("/query", QUESTION).statusCode()).isEqualTo(401);
            assertThat(ask(made.key() + "x").statusCode()).isEqualTo(401);
            assertThat(ask("rk_" + made.entry().id() + "_").statusCode()).isEqualTo(401);
            assertThat(post("/v1/embeddings", "{\"input\":\"x\"}").statusCode()).isEqualTo(401);
            assertThat(get("/health").statusCode()).isEqualTo(200);
        }

        @Test
        void is_kept_as_a_hash_only() {
            ApiKey.Made made = key(List.of("a"), false);

            assertThat(made.entry().line())
                    .doesNotContain(made.key().substring(16))
                    .contains("\"write\":false");
        }

        @Test
        void comes_and_goes_without_a_restart() throws Exception {
            ApiKey.Made first = key(List.of(), true);
            ApiKey.Made second = key(List.of(), true);
            serveWith(List.of(), first.entry().line());
            Files.writeString(directory.resolve("keys.jsonl"), second.entry().line() + "\n");

            await().atMost(Duration.ofSeconds(10)).until(() -> ask(second.key()).statusCode() == 200);
            assertThat(ask(first.key()).statusCode()).isEqualTo(401);
        }

        @Test
        void in_a_line_that_cannot_be_read_opens_nothing_and_costs_no_other() throws Exception {
            ApiKey.Made made = key(List.of(), true);
            serveWith(
                    List.of(),
                    "not JSON",
                    "{\"id\":\"abcd\"}",
                    made.entry()
                            .line()
                            .replace("\"write\":true", "\"write\":true,\"requestsPerSecond\":0")
                            .replace(made.entry().id(), "ffffffffffff"),
                    made.entry()
                            .line()
                            .replace("\"write\":true", "\"write\":true,\"filter\":{\"type\":\"x\"}")
                            .replace(made.entry().id(), "eeeeeeeeeeee"),
                    made.entry().line());

            assertThat(ask(made.key()).statusCode()).isEqualTo(200);
        }

        @Test
        void is_not_wanted_while_the_file_says_open() throws Exception {
            serveWith(List.of(), "open");
            assertThat(post("/query", QUESTION).statusCode()).isEqualTo(200);
            ApiKey.Made made = key(List.of(), true);

            Files.writeString(directory.resolve("keys.jsonl"), made.entry().line());

            await().atMost(Duration.ofSeconds(10))
                    .until(() -> post("/query", QUESTION).statusCode() == 401);
            assertThat(ask(made.key()).statusCode()).isEqualTo(200);
        }

        @Test
        void beside_the_word_open_is_still_wanted() throws Exception {
            ApiKey.Made made = key(List.of(), true);
            serveWith(List.of(), "open", made.entry().line());

            assertThat(post("/query", QUESTION).statusCode()).isEqualTo(401);
            assertThat(ask(made.key()).statusCode()).isEqualTo(200);
        }

        @Test
        void may_stand_in_a_folder_as_a_secret_is_mounted() throws Exception {
            ApiKey.Made made = key(List.of(), true);
            Path folder = Files.createDirectories(directory.resolve("secret"));
            Files.writeString(folder.resolve("shop"), made.entry().line());
            Files.writeString(folder.resolve("..data"), "not a key");
            stop();
            serve(Optional.empty(), List.of(), Optional.of(folder));

            assertThat(ask(made.key()).statusCode()).isEqualTo(200);
        }

        @Test
        void that_only_reads_may_not_write() throws Exception {
            ApiKey.Made made = key(List.of(), false);
            serveWith(List.of(), made.entry().line());

            HttpResponse<String> refused = post(
                    "/ingest",
                    "{\"documents\":[{\"id\":\"a\",\"text\":\"x\"}]}",
                    "authorization",
                    "Bearer " + made.key());
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(json(refused).path("detail").asText()).contains("only reads");
            assertThat(ask(made.key()).statusCode()).isEqualTo(200);
        }

        @Test
        void of_a_collection_sees_no_other() throws Exception {
            ApiKey.Made all = key(List.of(), true);
            ApiKey.Made one = key(List.of("shop"), true);
            serveWith(List.of(), all.entry().line(), one.entry().line());
            String mine = "Bearer " + one.key();

            post("/ingest", "{\"documents\":[{\"id\":\"a\",\"text\":\"a teapot\"}]}", "authorization", mine);

            assertThat(json(post("/query", "{\"query\":\"teapot\"}", "authorization", mine))
                            .at("/sources/0/documentId")
                            .asText())
                    .isEqualTo("a");
            assertThat(get("/documents/a?collection=shop", "authorization", "Bearer " + all.key())
                            .statusCode())
                    .isEqualTo(200);
            HttpResponse<String> other =
                    post("/query", "{\"query\":\"x\",\"collection\":\"default\"}", "authorization", mine);
            assertThat(other.statusCode()).isEqualTo(403);
            assertThat(json(other).path("detail").asText()).contains("not for collection default");
            assertThat(post("/v1/vector_stores/default/search", QUESTION, "authorization", mine)
                            .statusCode())
                    .isEqualTo(403);
            assertThat(json(get("/indexes", "authorization", mine))).hasSize(1);
        }

        @Test
        void with_a_filter_sees_through_it_only_in_every_shape() throws Exception {
            ApiKey.Made all = key(List.of(), true);
            ApiKey.Made made = ApiKey.make(
                    "a",
                    List.of(),
                    false,
                    Optional.of(ContractOracle.parsed("{\"type\":\"eq\",\"key\":\"tenant\",\"value\":\"a\"}")),
                    OptionalDouble.empty());
            serveWith(List.of(), all.entry().line(), made.entry().line());
            post(
                    "/ingest",
                    "{\"documents\":[{\"id\":\"mine\",\"text\":\"teapot\",\"metadata\":{\"tenant\":\"a\"}},{\"id\":\"theirs\",\"text\":\"teapot\",\"metadata\":{\"tenant\":\"b\"}}]}",
                    "authorization",
                    "Bearer " + all.key());
            String mine = "Bearer " + made.key();
            String either = "{\"type\":\"ne\",\"key\":\"tenant\",\"value\":\"nobody\"}";

            for (HttpResponse<String> response : List.of(
                    post("/query", "{\"query\":\"teapot\"}", "authorization", mine),
                    post("/query", "{\"query\":\"teapot\",\"stream\":true}", "authorization", mine),
                    post("/query", "{\"query\":\"teapot\",\"filter\":" + either + "}", "authorization", mine),
                    post(
                            "/v1/chat/completions",
                            "{\"messages\":[{\"role\":\"user\",\"content\":\"teapot\"}],\"filter\":" + either + "}",
                            "authorization",
                            mine),
                    post(
                            "/v1/vector_stores/default/search",
                            "{\"query\":\"teapot\",\"filters\":" + either + "}",
                            "authorization",
                            mine),
                    post("/retrieve", "{\"index_name\":\"default\",\"query\":\"teapot\"}", "authorization", mine),
                    get("/documents", "authorization", mine),
                    get("/indexes/default/documents", "authorization", mine))) {
                assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
                assertThat(response.body()).contains("mine").doesNotContain("theirs");
            }
            assertThat(get("/documents/theirs", "authorization", mine).statusCode())
                    .isEqualTo(404);
            assertThat(get("/documents/mine", "authorization", mine).statusCode())
                    .isEqualTo(200);
        }

        /** Ids of all pages, asked for one document at a time. */
        private List<String> paged(String bearer) throws Exception {
            List<String> ids = new ArrayList<>();
            String after = "";
            do {
                JsonNode page = json(get("/documents?limit=1" + after, "authorization", bearer));
                assertThat(page.path("documents")).hasSize(1);
                ids.add(page.at("/documents/0/id").asText());
                assertThat(page.path("next").asText(ids.getLast())).isEqualTo(ids.getLast());
                after = page.has("next") ? "&after=" + page.path("next").asText() : "";
            } while (!after.isEmpty());
            return ids;
        }

        @Test
        void with_a_filter_lists_as_if_nothing_else_were_there() throws Exception {
            ApiKey.Made all = key(List.of(), true);
            ApiKey.Made made = ApiKey.make(
                    "a",
                    List.of(),
                    false,
                    Optional.of(ContractOracle.parsed("{\"type\":\"eq\",\"key\":\"tenant\",\"value\":\"a\"}")),
                    OptionalDouble.empty());
            serveWith(List.of(), all.entry().line(), made.entry().line());
            String documents = Stream.of("1b", "2a", "3b", "4b", "5a", "6b", "7a", "8b")
                    .map(id -> "{\"id\":\"" + id + "\",\"text\":\"text of " + id + "\",\"metadata\":{\"tenant\":\""
                            + id.charAt(1) + "\"}}")
                    .collect(Collectors.joining(",", "{\"documents\":[", "]}"));
            assertThat(post("/ingest", documents, "authorization", "Bearer " + all.key())
                            .statusCode())
                    .isEqualTo(200);
            String mine = "Bearer " + made.key();

            assertThat(paged(mine)).containsExactly("2a", "5a", "7a");
            assertThat(paged("Bearer " + all.key())).hasSize(8);
            assertThat(json(get("/documents?limit=3", "authorization", mine)).has("next"))
                    .as("only hidden documents follow")
                    .isFalse();
            for (int offset = 0; offset < 4; offset++) {
                JsonNode page = json(get("/indexes/default/documents?limit=1&offset=" + offset, "authorization", mine));
                assertThat(page.path("total_items").asInt()).isEqualTo(3);
                assertThat(page.path("count").asInt()).isEqualTo(offset < 3 ? 1 : 0);
                assertThat(page.at("/documents/0/doc_id").asText())
                        .isEqualTo(List.of("2a", "5a", "7a", "").get(offset));
            }
        }

        @Test
        void with_a_filter_finds_the_one_document_it_sees_behind_any_number_of_others() throws Exception {
            ApiKey.Made all = key(List.of(), true);
            ApiKey.Made made = ApiKey.make(
                    "a",
                    List.of(),
                    false,
                    Optional.of(ContractOracle.parsed("{\"type\":\"eq\",\"key\":\"tenant\",\"value\":\"a\"}")),
                    OptionalDouble.empty());
            serveWith(List.of(), all.entry().line(), made.entry().line());
            String hidden = IntStream.range(0, 999)
                    .mapToObj(i -> "{\"id\":\"h" + i + "\",\"text\":\"hidden\"}")
                    .collect(Collectors.joining(","));
            post(
                    "/ingest?wait=false",
                    "{\"documents\":[" + hidden
                            + ",{\"id\":\"last\",\"text\":\"seen\",\"metadata\":{\"tenant\":\"a\"}}]}",
                    "authorization",
                    "Bearer " + all.key());

            assertThat(paged("Bearer " + made.key())).containsExactly("last");
        }

        @Test
        void beyond_its_quota_hears_when_to_come_back() throws Exception {
            ApiKey.Made made = ApiKey.make("slow", List.of(), false, Optional.empty(), OptionalDouble.of(0.01));
            serveWith(List.of(), made.entry().line());

            assertThat(ask(made.key()).statusCode()).isEqualTo(200);
            HttpResponse<String> refused = ask(made.key());
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("retry-after")).contains("100");
            assertThat(refused.headers().firstValue("x-ragops-quota")).contains("1");
            assertThat(post("/query", QUESTION, "authorization", "Bearer " + made.key(), "x-ragops-shadow", "1")
                            .statusCode())
                    .as("anybody can call a request mirrored")
                    .isEqualTo(429);
        }
    }

    @Nested
    class Behind_a_gateway {
        @Test
        void tokens_are_told_apart_by_what_gives_none_away_and_followed_without_a_restart() throws Exception {
            Path token = Files.writeString(directory.resolve("token"), "of-the-model");
            Path next = Files.writeString(directory.resolve("next"), "before\n");
            serveWith(List.of(token, next));
            // printf of-the-model | sha256sum | head -c 12
            assertThat(get("/health").body())
                    .contains("\"tokens\":[\"ced98d881a14\",")
                    .doesNotContain("of-the-model");

            Files.writeString(next, "of-the-model");

            await().atMost(Duration.ofSeconds(10))
                    .until(() -> get("/health").body().contains("\"tokens\":[\"ced98d881a14\",\"ced98d881a14\"]"));
        }

        @Test
        void the_gateway_shows_the_token_and_passes_the_key_on() throws Exception {
            ApiKey.Made made = key(List.of(), true);
            Path token = Files.writeString(directory.resolve("token"), "of-the-model");
            serveWith(List.of(token), made.entry().line());

            assertThat(post(
                                    "/query",
                                    QUESTION,
                                    "authorization",
                                    "Bearer of-the-model",
                                    "x-ragops-authorization",
                                    "Bearer " + made.key())
                            .statusCode())
                    .isEqualTo(200);
            assertThat(post("/query", QUESTION, "authorization", "Bearer of-the-model")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(ask(made.key()).statusCode()).isEqualTo(401);
        }

        @Test
        void what_it_mirrors_is_nobodys_and_counts_against_no_quota() throws Exception {
            ApiKey.Made made = ApiKey.make("slow", List.of(), false, Optional.empty(), OptionalDouble.of(0.01));
            Path token = Files.writeString(directory.resolve("token"), "of-the-model");
            serveWith(List.of(token), made.entry().line());
            String[] shown = {"authorization", "Bearer of-the-model", "x-ragops-authorization", "Bearer " + made.key()};
            String[] mirrored = Stream.concat(Stream.of(shown), Stream.of("x-ragops-shadow", "1"))
                    .toArray(String[]::new);

            assertThat(post("/query", QUESTION, mirrored).statusCode()).isEqualTo(200);
            assertThat(post("/query", QUESTION, shown).statusCode()).isEqualTo(200);
            assertThat(post("/query", QUESTION, shown).statusCode()).isEqualTo(429);
            assertThat(post("/query", QUESTION, mirrored).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void a_place_for_keys_that_holds_none_lets_nobody_in() throws Exception {
        serveWith(List.of());

        assertThat(post("/query", QUESTION).statusCode()).isEqualTo(401);
        assertThat(ask("rk_abcd_x").statusCode()).isEqualTo(401);
    }
}
