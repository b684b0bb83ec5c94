package dev.ragops.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ragops.runtime.http.contract.Contract;
import dev.ragops.runtime.http.contract.Problem;
import dev.ragops.runtime.http.contract.Schema;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contract is the one truth: what it shows works, and what we check by it is what another reader of it checks. */
class ContractTest extends ServerFixture {
    private static final ObjectMapper PLAIN = new ObjectMapper();

    @TestFactory
    List<DynamicTest> each_example_in_the_contract_is_valid_and_answered_as_promised() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path :
                ContractOracle.root().path("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                for (Map.Entry<String, JsonNode> type :
                        method.getValue().at("/requestBody/content").properties()) {
                    assertThat(type.getValue().path("examples"))
                            .as("examples of %s %s", path.getKey(), type.getKey())
                            .isNotEmpty();
                    for (Map.Entry<String, JsonNode> example :
                            type.getValue().path("examples").properties()) {
                        tests.add(DynamicTest.dynamicTest(
                                method.getKey() + " " + path.getKey() + " " + example.getKey(),
                                () -> runs(
                                        path.getKey(), type, example.getValue().path("value"))));
                    }
                }
            }
        }
        return tests;
    }

    private void runs(String path, Map.Entry<String, JsonNode> type, JsonNode example) throws Exception {
        assertThat(ContractOracle.schema(type.getValue().path("schema")).validate(example))
                .isEmpty();
        String body = example.isTextual() ? example.asText() : example.toString();

        var response =
                send("POST", path.replace("{id}", "default"), type.getKey(), body.getBytes(StandardCharsets.UTF_8));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    @TestFactory
    List<DynamicTest> each_read_in_the_contract_is_answered_as_promised() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path :
                ContractOracle.root().path("paths").properties()) {
            if (path.getValue().has("get")) {
                tests.add(DynamicTest.dynamicTest(path.getKey(), () -> {
                    post("/ingest", "{\"documents\":[{\"id\":\"a\",\"text\":\"one\",\"metadata\":{\"n\":1}}]}");
                    var response = get(path.getKey()
                            .replace("{id}", "a")
                            .replace("{model}", "default")
                            .replace("{name}", "default"));
                    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
                }));
            }
        }
        return tests;
    }

    /** A status or header that stands for all others would promise nothing. */
    @Test
    void each_answer_to_a_client_is_named_by_its_status_with_its_headers() {
        for (JsonNode path : ContractOracle.root().path("paths")) {
            for (JsonNode operation : path) {
                JsonNode responses = operation.path("responses");
                assertThat(responses.has("default"))
                        .as(operation.path("operationId").asText())
                        .isFalse();
                if (!operation.path("x-ragops-access").asText().equals("open")) {
                    assertThat(responses.fieldNames())
                            .toIterable()
                            .as(operation.path("operationId").asText())
                            .contains("200", "401", "429");
                    assertThat(responses.at("/200/headers").fieldNames())
                            .toIterable()
                            .contains("traceparent");
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "QueryRequest",
        "IngestRequest",
        "EmbeddingsRequest",
        "ChatRequest",
        "VectorStoreSearchRequest",
        "RetrieveRequest",
        "IndexRequest",
        "Document",
        "Filter"
    })
    void our_checks_agree_with_another_reader_of_the_contract(String name) {
        Schema ours = Contract.load().schema(name);
        var oracle = ContractOracle.schema(name);
        Random random = new Random(20261125);
        JsonNode seed = ContractOracle.parsed(SEEDS.getOrDefault(name, "{}"));
        assertThat(oracle.validate(seed)).as("the seed of " + name).isEmpty();
        int refused = 0;
        for (int i = 0; i < 4000; i++) {
            JsonNode mutant = seed.deepCopy();
            for (int times = random.nextInt(3); times >= 0; times--) {
                mutate(mutant, random);
            }
            boolean valid = oracle.validate(mutant).isEmpty();
            if (valid) {
                assertThatCode(() -> ours.check("", mutant))
                        .as(mutant.toString())
                        .doesNotThrowAnyException();
            } else {
                refused++;
                assertThatThrownBy(() -> ours.check("", mutant))
                        .as(mutant.toString())
                        .isInstanceOf(Problem.class);
            }
        }
        assertThat(refused).as("mutants that must be refused").isBetween(400, 3900);
    }

    private static final Map<String, String> SEEDS = Map.of(
            "QueryRequest",
            """
            {"query":"x","topK":3,"mode":"dense","collection":"c","minScore":0.5,"minSequence":1,"explain":true,"stream":false,
             "filter":{"type":"or","filters":[{"type":"eq","key":"k","value":1},{"type":"in","key":"k","value":["a",true]}]}}""",
            "IngestRequest",
            """
            {"documents":[{"id":"a","title":"t","text":"x","metadata":{"a":1,"b":["x",2,true],"c":null}},{"id":"b","text":"y"}],"collection":null}""".replace(",\"c\":null", ""),
            "EmbeddingsRequest",
            """
            {"model":"m","input":["a","b"],"encoding_format":"float","dimensions":384,"input_type":null,"user":"u","other":1}""",
            "ChatRequest",
            """
            {"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"q"}]}],
             "stream":true,"stream_options":{"include_usage":true},"n":1,"top_k":2,"collection":"c","filter":null,"temperature":0.1}""",
            "VectorStoreSearchRequest",
            """
            {"query":["a","b"],"filters":{"type":"eq","key":"k","value":"v"},"max_num_results":5,"ranking_options":{"ranker":"auto","score_threshold":0.1},"rewrite_query":false}""",
            "RetrieveRequest",
            """
            {"index_name":"i","query":"q","max_node_count":5,"metadata_filter":{"a":1,"b":"x"}}""",
            "IndexRequest",
            """
            {"index_name":"i","documents":[{"doc_id":"a","text":"t","metadata":{"a":true}},{"doc_id":null,"text":"u"}]}""",
            "Document",
            """
            {"id":"a","title":"t","text":"x","metadata":{"a":1,"b":["x",2,true]}}""",
            "Filter",
            """
            {"type":"and","filters":[{"type":"lte","key":"k","value":1.5},{"type":"nin","key":"k","value":[]}]}""");

    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "0",
            "1",
            "-1",
            "2.0",
            "2.5",
            "101",
            "1e301",
            "99999999999999999999",
            "\"\"",
            "\" \"",
            "\"a\"",
            "\".a\"",
            "\"a b\"",
            "\"a\\u0000b\"",
            "\"\\u0085\"",
            "\"\\ud83d\\ude00\"",
            "\"eq\"",
            "\"dense\"",
            "\"user\"",
            "[]",
            "[1]",
            "[\"a\"]",
            "[[1]]",
            "{}",
            "{\"a\":1}",
            "{\"type\":\"eq\"}",
            "{\"type\":\"eq\",\"key\":\"k\",\"value\":1}");

    /** Replaces, removes or adds one thing somewhere in it. */
    private static void mutate(JsonNode root, Random random) {
        List<JsonNode> containers = new ArrayList<>();
        collect(root, containers);
        JsonNode chosen = containers.get(random.nextInt(containers.size()));
        JsonNode value = ContractOracle.parsed(VALUES.get(random.nextInt(VALUES.size())));
        if (chosen instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            int pick = random.nextInt(names.size() + 1);
            if (pick == names.size()) {
                object.set(random.nextBoolean() ? "unknown" : "value", value);
            } else if (random.nextInt(4) == 0) {
                object.remove(names.get(pick));
            } else {
                object.set(names.get(pick), value);
            }
        } else if (chosen instanceof ArrayNode array) {
            if (array.isEmpty() || random.nextInt(3) == 0) {
                array.add(value);
            } else {
                array.set(random.nextInt(array.size()), value);
            }
        }
    }

    private static void collect(JsonNode node, List<JsonNode> containers) {
        if (node.isContainerNode()) {
            containers.add(node);
            node.forEach(child -> collect(child, containers));
        }
    }

    @Test
    void lengths_count_characters_not_code_units() {
        Schema ours = Contract.load().schema("Document");
        ObjectNode document =
                PLAIN.createObjectNode().put("id", "\ud83d\ude00".repeat(512)).put("text", "x");

        assertThatCode(() -> ours.check("", document)).doesNotThrowAnyException();
        assertThatThrownBy(() -> ours.check("", document.put("id", "\ud83d\ude00".repeat(513))))
                .hasMessageContaining("id has more than 512 characters");
    }
}
