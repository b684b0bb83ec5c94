package dev.ragops.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a client of KAITO's RAGEngine relies on. The bundle ships a document about rollbacks (concept) and one about the weather (other). */
class KaitoTest extends ServerFixture {
    private JsonNode asked(String path, String body) throws Exception {
        var response = post(path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    private static List<String> texts(JsonNode array, String field) {
        List<String> texts = new ArrayList<>();
        array.forEach(one -> texts.add(one.path(field).asText()));
        return texts;
    }

    @Nested
    class Retrieving {
        @Test
        void says_of_each_node_where_it_is_from_and_what_found_it() throws Exception {
            JsonNode found = asked("/retrieve", "{\"index_name\":\"default\",\"query\":\"rollback of a route\"}");

            assertThat(found.path("query").asText()).isEqualTo("rollback of a route");
            assertThat(found.path("count").asInt()).isEqualTo(2);
            JsonNode first = found.at("/results/0");
            assertThat(first.path("doc_id").asText()).isEqualTo("rollback");
            assertThat(first.path("node_id").asText()).isEqualTo("rollback#0");
            assertThat(first.path("text").asText()).isEqualTo("A rollback is a change of route, never a rebuild.");
            assertThat(first.path("metadata")).isEqualTo(ContractOracle.parsed("{\"kind\":\"concept\"}"));
            assertThat(first.path("source").asText()).isEqualTo("both");
            assertThat(first.path("dense_score").asDouble()).isBetween(0.3, 1.0);
            assertThat(first.path("sparse_score").asDouble()).isPositive();
            JsonNode second = found.at("/results/1");
            assertThat(second.path("doc_id").asText()).isEqualTo("weather");
            assertThat(second.path("source").asText()).as("shares no word").isEqualTo("dense");
            assertThat(second.path("sparse_score").isNull()).isTrue();
            assertThat(second.path("score").asDouble())
                    .isLessThan(first.path("score").asDouble());
        }

        @Test
        void keeps_to_the_metadata_filter_and_each_of_its_keys() throws Exception {
            asked("/ingest", """
                    {"documents":[{"id":"a","text":"one teapot","metadata":{"room":"kitchen","shelf":1}},
                     {"id":"b","text":"two teapots","metadata":{"room":"kitchen","shelf":2}},
                     {"id":"c","text":"three teapots","metadata":{"room":"attic","shelf":2}}]}""");
            String asked = "{\"index_name\":\"default\",\"query\":\"teapot\",\"metadata_filter\":%s}";

            assertThat(texts(
                            asked("/retrieve", asked.formatted("{\"room\":\"kitchen\"}"))
                                    .path("results"),
                            "doc_id"))
                    .containsExactlyInAnyOrder("a", "b");
            assertThat(texts(
                            asked("/retrieve", asked.formatted("{\"room\":\"kitchen\",\"shelf\":2}"))
                                    .path("results"),
                            "doc_id"))
                    .containsExactly("b");
            assertThat(asked("/retrieve", asked.formatted("{\"room\":\"cellar\"}"))
                            .path("count")
                            .asInt())
                    .isZero();
        }

        @Test
        void gives_as_many_nodes_as_are_wanted_and_five_unasked() throws Exception {
            String documents = IntStream.range(0, 8)
                    .mapToObj(i -> "{\"text\":\"teapot number " + i + "\"}")
                    .collect(Collectors.joining(","));
            asked("/index", "{\"index_name\":\"pots\",\"documents\":[" + documents + "]}");
            String asked = "{\"index_name\":\"pots\",\"query\":\"teapot\"%s}";

            for (int wanted : List.of(1, 7)) {
                JsonNode found = asked("/retrieve", asked.formatted(",\"max_node_count\":" + wanted));
                assertThat(found.path("results")).hasSize(wanted);
                assertThat(found.path("count").asInt()).isEqualTo(wanted);
            }
            assertThat(asked("/retrieve", asked.formatted("")).path("results")).hasSize(5);
            assertThat(asked("/retrieve", asked.formatted(",\"max_node_count\":null"))
                            .path("results"))
                    .hasSize(5);
        }
    }

    @Nested
    class Indexing {
        private String id(String document) throws Exception {
            return asked("/index", "{\"index_name\":\"pots\",\"documents\":[" + document + "]}")
                    .at("/0/doc_id")
                    .asText();
        }

        @Test
        void gives_the_same_content_the_same_id_and_other_content_another() throws Exception {
            String first = id("{\"text\":\"a teapot\",\"metadata\":{\"room\":\"kitchen\",\"n\":1}}");

            assertThat(first).matches("[0-9a-f]{32}");
            assertThat(id("{\"metadata\":{\"n\":1,\"room\":\"kitchen\"},\"text\":\"a teapot\",\"doc_id\":\"\"}"))
                    .isEqualTo(first);
            List<String> ids = List.of(
                    first,
                    id("{\"text\":\"a teapot\"}"),
                    id("{\"text\":\"a teapot \",\"metadata\":{\"room\":\"kitchen\",\"n\":1}}"),
                    id("{\"text\":\"a teapot\",\"metadata\":{\"room\":\"kitchen\",\"n\":\"1\"}}"),
                    id("{\"text\":\"a teapot\",\"metadata\":{\"room\":\"kitchen, n=1\"}}"),
                    id("{\"text\":\"a teapot\",\"metadata\":{\"room\":[\"kitchen\"],\"n\":1}}"));
            assertThat(ids).doesNotHaveDuplicates();
            assertThat(json(get("/indexes/pots/documents")).path("total_items").asInt())
                    .isEqualTo(ids.size());
        }

        @Test
        void keeps_an_id_that_is_given_and_answers_with_the_whole_text() throws Exception {
            String text = "x".repeat(3000);

            JsonNode made = asked(
                    "/index",
                    "{\"index_name\":\"pots\",\"documents\":[{\"doc_id\":\"mine\",\"text\":\"" + text + "\"}]}");

            assertThat(made.at("/0/doc_id").asText()).isEqualTo("mine");
            assertThat(made.at("/0/text").asText()).isEqualTo(text);
            assertThat(made.at("/0/is_truncated").asBoolean()).isFalse();
        }
    }

    @Nested
    class Listing {
        @Test
        void goes_by_offset_and_limit_over_all_there_is_and_ten_at_a_time_unasked() throws Exception {
            List<String> ids = IntStream.range(10, 35).mapToObj(i -> "d" + i).toList();
            asked(
                    "/index",
                    ids.stream()
                            .map(id -> "{\"doc_id\":\"" + id + "\",\"text\":\"text of " + id + "\"}")
                            .collect(Collectors.joining(",", "{\"index_name\":\"pots\",\"documents\":[", "]}")));
            List<String> seen = new ArrayList<>();
            for (int offset = 0; offset < ids.size(); offset += 7) {
                JsonNode page = json(get("/indexes/pots/documents?limit=7&offset=" + offset));
                assertThat(page.path("total_items").asInt()).isEqualTo(25);
                assertThat(page.path("count").asInt())
                        .isEqualTo(page.path("documents").size());
                seen.addAll(texts(page.path("documents"), "doc_id"));
            }

            assertThat(seen).isEqualTo(ids);
            assertThat(json(get("/indexes/pots/documents")).path("documents")).hasSize(10);
            JsonNode beyond = json(get("/indexes/pots/documents?offset=25"));
            assertThat(beyond.path("count").asInt()).isZero();
            assertThat(beyond.path("total_items").asInt()).isEqualTo(25);
        }

        @Test
        void says_which_texts_it_has_cut_and_cuts_no_character_in_two() throws Exception {
            asked("/index", """
                    {"index_name":"pots","documents":[{"doc_id":"a","text":"short"},{"doc_id":"b","text":"longer"},
                     {"doc_id":"c","text":"four\\ud83d\\ude00\\ud83d\\ude00"}]}""");

            JsonNode five =
                    json(get("/indexes/pots/documents?max_text_length=5")).path("documents");

            assertThat(texts(five, "text")).containsExactly("short", "longe", "four\ud83d\ude00");
            assertThat(texts(five, "is_truncated")).containsExactly("false", "true", "true");
            assertThat(texts(
                            json(get("/indexes/pots/documents?max_text_length=6"))
                                    .path("documents"),
                            "is_truncated"))
                    .containsExactly("false", "false", "false");
        }
    }
}
