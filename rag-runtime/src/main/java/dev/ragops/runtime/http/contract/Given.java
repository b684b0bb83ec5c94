package dev.ragops.runtime.http.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.OptionalDouble;

/** Reads fields that the contract has let through, so types need no second look; absent and null are the same. */
public final class Given {
    private Given() {}

    public static Optional<JsonNode> node(JsonNode object, String name) {
        JsonNode value = object.path(name);
        return value.isMissingNode() || value.isNull() ? Optional.empty() : Optional.of(value);
    }

    public static Optional<String> text(JsonNode object, String name) {
        return node(object, name).map(JsonNode::asText);
    }

    public static int integer(JsonNode object, String name, int otherwise) {
        return node(object, name).map(JsonNode::asInt).orElse(otherwise);
    }

    public static Optional<Long> number(JsonNode object, String name) {
        return node(object, name).map(JsonNode::asLong);
    }

    public static OptionalDouble decimal(JsonNode object, String name) {
        Optional<JsonNode> value = node(object, name);
        return value.isPresent() ? OptionalDouble.of(value.get().asDouble()) : OptionalDouble.empty();
    }

    public static boolean flag(JsonNode object, String name) {
        return node(object, name).map(JsonNode::asBoolean).orElse(false);
    }
}
