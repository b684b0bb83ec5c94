package dev.ragops.runtime.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What may stand beside a document: flat values that filters can compare. */
public final class Metadata {
    private static final int MAX_KEYS = 64;

    private Metadata() {}

    /** The values, or empty when something else stands there. */
    public static Optional<Map<String, Object>> of(JsonNode node) {
        if (!node.isObject() || node.size() > MAX_KEYS) {
            return Optional.empty();
        }
        Map<String, Object> values = new LinkedHashMap<>();
        for (var field : node.properties()) {
            Optional<Object> value = field.getValue().isArray() ? list(field.getValue()) : scalar(field.getValue());
            if (value.isEmpty()) {
                return Optional.empty();
            }
            values.put(field.getKey(), value.get());
        }
        return Optional.of(values);
    }

    private static Optional<Object> list(JsonNode array) {
        List<Object> values = new ArrayList<>();
        for (JsonNode element : array) {
            Optional<Object> value = scalar(element);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            values.add(value.get());
        }
        return Optional.of(List.copyOf(values));
    }

    private static Optional<Object> scalar(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> Optional.of(node.asText());
            case NUMBER ->
                Optional.of(
                        node.isIntegralNumber() && node.canConvertToLong()
                                ? (Object) node.asLong()
                                : (Object) node.asDouble());
            case BOOLEAN -> Optional.of(node.asBoolean());
            case ARRAY, BINARY, MISSING, NULL, OBJECT, POJO -> Optional.empty();
        };
    }
}
