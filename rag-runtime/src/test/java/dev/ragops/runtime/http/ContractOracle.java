package dev.ragops.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.ragops.runtime.http.contract.Contract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;

/** Reads the contract with a validator that is not ours, to hold requests, answers and our own checks to it. */
final class ContractOracle {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ADDRESS = "https://ragops.dev/openapi.json";
    private static final String DOCUMENT = Contract.load().document();
    private static final JsonNode ROOT = parsed(DOCUMENT);
    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(Map.of(ADDRESS, DOCUMENT)));

    private ContractOracle() {}

    static JsonNode root() {
        return ROOT;
    }

    static JsonNode parsed(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(json, e);
        }
    }

    static Schema schema(JsonNode node) {
        return REGISTRY.getSchema(parsed(node.toString().replace("#/components/", ADDRESS + "#/components/")));
    }

    static Schema schema(String component) {
        return schema(JSON.createObjectNode().put("$ref", "#/components/schemas/" + component));
    }

    /** Fails when an answer is not what the contract promises for the path, the method and the status, which must be one that it names. */
    static void promised(String method, String path, HttpResponse<String> answer) {
        int status = answer.statusCode();
        String type = answer.headers().firstValue("content-type").orElse("");
        String body = answer.body();
        JsonNode operation = operation(method, path.replaceFirst("[?].*", ""));
        if (operation.isMissingNode()) {
            assertThat(status).as("%s %s is not in the contract", method, path).isBetween(400, 499);
            assertThat(schema("Problem").validate(parsed(body))).as(body).isEmpty();
            return;
        }
        JsonNode response = resolved(operation.path("responses").path(Integer.toString(status)));
        assertThat(response.isMissingNode())
                .as("%s %s answered %d, which the contract does not name: %s", method, path, status, body)
                .isFalse();
        headers(response.path("headers"), answer);
        JsonNode content =
                response.path("content").path(type.replaceFirst(";.*", "").strip());
        assertThat(content.isMissingNode())
                .as("%s %s answered %d as %s: %s", method, path, status, type, body)
                .isFalse();
        if (content.has("x-ragops-line")) {
            Schema line = schema(content.path("x-ragops-line"));
            body.lines()
                    .forEach(one ->
                            assertThat(line.validate(parsed(one))).as(one).isEmpty());
        } else if (content.has("x-ragops-events")) {
            events(content.path("x-ragops-events"), body);
        } else if (type.contains("json")) {
            assertThat(schema(content.path("schema")).validate(parsed(body)))
                    .as(body)
                    .isEmpty();
        }
    }

    private static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? ROOT.at(node.path("$ref").asText().substring(1)) : node;
    }

    private static void headers(JsonNode promised, HttpResponse<String> answer) {
        for (Map.Entry<String, JsonNode> entry : promised.properties()) {
            JsonNode header = resolved(entry.getValue());
            Optional<String> given = answer.headers().firstValue(entry.getKey());
            assertThat(given.isPresent() || !header.path("required").asBoolean())
                    .as("header %s of %s", entry.getKey(), answer)
                    .isTrue();
            boolean number = header.at("/schema/type").asText().equals("integer");
            given.map(value -> number ? (JsonNode) LongNode.valueOf(Long.parseLong(value)) : TextNode.valueOf(value))
                    .ifPresent(value -> assertThat(schema(header.path("schema")).validate(value))
                            .as("%s: %s", entry.getKey(), value)
                            .isEmpty());
        }
    }

    private static void events(JsonNode schemas, String body) {
        for (String event : body.split("\n\n")) {
            String name = event.startsWith("event: ") ? event.substring(7, event.indexOf('\n')) : "message";
            String data = event.substring(event.indexOf("data: ") + 6);
            if (!data.equals("[DONE]")) {
                assertThat(schemas.has(name)).as(event).isTrue();
                assertThat(schema(schemas.path(name)).validate(parsed(data)))
                        .as(event)
                        .isEmpty();
            }
        }
    }

    private static JsonNode operation(String method, String path) {
        for (Map.Entry<String, JsonNode> entry : ROOT.path("paths").properties()) {
            if (path.matches(entry.getKey().replaceAll("\\{\\w+}", "[^/]+"))) {
                return entry.getValue().path(method.toLowerCase(java.util.Locale.ROOT));
            }
        }
        return ROOT.path("none");
    }
}
