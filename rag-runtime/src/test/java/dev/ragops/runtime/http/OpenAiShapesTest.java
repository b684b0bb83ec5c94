package dev.ragops.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ragops.runtime.embed.Embedder;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What OpenAI's shapes promise beyond what their clients show. The bundle ships a document about rollbacks and one about the weather. */
class OpenAiShapesTest extends ServerFixture {
    private static final float MARK = 7;

    /** The built-in model encodes both alike; as a question this text gets a vector that tells. */
    @Override
    Embedder questionEmbedder(Embedder real) {
        return (Embedder) Proxy.newProxyInstance(
                Embedder.class.getClassLoader(), new Class<?>[] {Embedder.class}, (_, method, arguments) -> {
                    Object result = method.invoke(real, arguments);
                    if (method.getName().equals("embedQuery") && arguments[0].equals("as a question")) {
                        ((float[]) result)[0] = MARK;
                    }
                    return result;
                });
    }

    private JsonNode asked(String path, String body) throws Exception {
        var response = post(path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    @Nested
    class A_vector_store {
        private JsonNode search(String body) throws Exception {
            return asked("/v1/vector_stores/default/search", body).path("data");
        }

        private static List<String> ids(JsonNode data) {
            List<String> ids = new ArrayList<>();
            data.forEach(one -> ids.add(one.path("file_id").asText()));
            return ids;
        }

        @Test
        void leaves_out_what_scores_below_the_threshold() throws Exception {
            JsonNode all = search("{\"query\":\"rollback of a route\"}");
            assertThat(ids(all)).containsExactly("rollback", "weather");
            double between = (all.at("/0/score").asDouble() + all.at("/1/score").asDouble()) / 2;
            String asked = "{\"query\":\"rollback of a route\",\"ranking_options\":%s}";

            assertThat(ids(search(asked.formatted("{\"score_threshold\":" + between + "}"))))
                    .containsExactly("rollback");
            assertThat(search(asked.formatted("{\"score_threshold\":1}"))).isEmpty();
            for (String nothing : List.of("{\"score_threshold\":0}", "{\"score_threshold\":null}", "{}", "null")) {
                assertThat(search(asked.formatted(nothing))).as(nothing).hasSize(2);
            }
        }

        @Test
        void merges_what_several_queries_find_each_passage_once_by_its_best_score() throws Exception {
            JsonNode one = search("{\"query\":\"rollback of a route\"}");
            JsonNode other = search("{\"query\":\"rain in the north\"}");

            JsonNode both = asked(
                    "/v1/vector_stores/default/search", "{\"query\":[\"rollback of a route\",\"rain in the north\"]}");

            assertThat(both.path("search_query"))
                    .isEqualTo(ContractOracle.parsed("[\"rollback of a route\",\"rain in the north\"]"));
            assertThat(ids(both.path("data"))).containsExactlyInAnyOrder("rollback", "weather");
            for (JsonNode hit : both.path("data")) {
                JsonNode best = hit.path("file_id").asText().equals("rollback") ? one : other;
                assertThat(hit).isEqualTo(best.get(0));
            }
            assertThat(both.at("/data/0/score").asDouble())
                    .isGreaterThanOrEqualTo(both.at("/data/1/score").asDouble());
            assertThat(search("{\"query\":[\"rollback of a route\",\"rain in the north\"],\"max_num_results\":1}"))
                    .hasSize(1);
        }
    }

    @Nested
    class Embeddings {
        private double first(String inputType) throws Exception {
            return asked("/v1/embeddings", "{\"input\":\"as a question\"" + inputType + "}")
                    .at("/data/0/embedding/0")
                    .asDouble();
        }

        @Test
        void are_those_of_questions_where_input_type_says_so_and_of_passages_otherwise() throws Exception {
            assertThat(first(",\"input_type\":\"query\"")).isEqualTo(MARK);
            for (String passage : List.of(",\"input_type\":\"passage\"", ",\"input_type\":null", "")) {
                assertThat(first(passage)).as(passage).isBetween(-1.0, 1.0);
            }
        }
    }
}
