package dev.ragops.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.ragops.runtime.http.contract.Contract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

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

    /** Fails when an answer is not what the contract promises for the path, the method and the status. */
    static void promised(String method, String path, int status, String type, String body) {
        JsonNode operation = operation(method, path.replaceFirst("[?].*", ""));
        if (operation.isMissingNode()) {
            assertThat(status).as("%s %s is not in the contract", method, path).isBetween(400, 499);
            assertThat(schema("Problem").validate(parsed(body))).as(body).isEmpty();
            return;
        }
        JsonNode responses = operation.path("responses");
        JsonNode response = responses.path(Integer.toString(status));
        if (response.isMissingNode()) {
            response = responses.path("default");
        }
        if (response.has("$ref")) {
            response = ROOT.at(response.path("$ref").asText().substring(1));
        }
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
