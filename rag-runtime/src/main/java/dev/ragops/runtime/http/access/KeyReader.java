package dev.ragops.runtime.http.access;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ragops.runtime.http.contract.Contract;
import dev.ragops.runtime.http.contract.Filters;
import dev.ragops.runtime.http.contract.Given;
import dev.ragops.runtime.http.contract.JsonBody;
import dev.ragops.runtime.http.contract.Problem;
import dev.ragops.runtime.http.contract.Schema;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Reads lines of a key file. What is not wholly understood is refused: a misspelt or empty restriction must not be none. */
public final class KeyReader {
    private static final String LINE = """
            {"type": "object", "additionalProperties": false, "required": ["id", "sha256"], "properties": {
              "id": {"type": "string", "pattern": "^[0-9a-f]{4,64}$", "x-ragops-says": "must be 4 to 64 hex digits"},
              "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$", "x-ragops-says": "must be 64 hex digits"},
              "name": {"type": "string"},
              "collections": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/CollectionName"}},
              "write": {"type": "boolean"},
              "filter": {"$ref": "#/components/schemas/Filter"},
              "requestsPerSecond": {"type": "number", "minimum": 0, "maximum": 1000000}}}""";

    private final Schema schema;

    /** @param contract what names of collections and filters look like */
    public KeyReader(Contract contract) {
        this.schema = contract.schema(parsed(LINE));
    }

    /** @throws IllegalArgumentException naming the field that is wrong; it quotes no value */
    public ApiKey read(String line) {
        JsonNode node = parsed(line);
        if (!node.isObject()) {
            throw new IllegalArgumentException("is not a JSON object");
        }
        Optional<JsonNode> filter = Given.node(node, "filter");
        try {
            schema.check("", node);
            filter.ifPresent(given -> Filters.read("filter", given));
        } catch (Problem problem) {
            throw new IllegalArgumentException(withoutKey(problem.detail()), problem);
        }
        if (Given.flag(node, "write") && filter.isPresent()) {
            throw new IllegalArgumentException("has a filter and write: a key with a filter only reads");
        }
        if (Given.decimal(node, "requestsPerSecond").orElse(1) <= 0) {
            throw new IllegalArgumentException("requestsPerSecond must be a number above 0");
        }
        List<String> collections = new ArrayList<>();
        node.path("collections").forEach(one -> collections.add(one.asText()));
        return new ApiKey(
                node.path("id").asText(),
                node.path("name").asText(),
                HexFormat.of().parseHex(node.path("sha256").asText()),
                collections,
                Given.flag(node, "write"),
                filter,
                Given.decimal(node, "requestsPerSecond"));
    }

    private static JsonNode parsed(String line) {
        try {
            return JsonBody.parse(line.getBytes(StandardCharsets.UTF_8));
        } catch (Problem problem) {
            throw new IllegalArgumentException("is not JSON that says everything once", problem);
        }
    }

    /** The name of a field that nobody knows may be anything, also a key that was pasted into the wrong place. */
    private static String withoutKey(String detail) {
        return detail.contains(ApiKey.PREFIX) ? "has an unknown field" : detail;
    }
}
