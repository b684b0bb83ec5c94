package dev.ragops.runtime.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ragops.runtime.search.Filter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Reads filters: {@code {type: eq|ne|gt|gte|lt|lte|in|nin, key, value}} and {@code {type: and|or, filters: […]}}. */
final class Filters {
    private static final int MAX_DEPTH = 8;
    private static final int MAX_PARTS = 64;
    private static final String OPERATORS = Arrays.stream(Filter.Operator.values())
            .map(operator -> operator.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));

    private Filters() {}

    static Filter read(String path, JsonNode node) {
        return read(path, node, 0);
    }

    private static Filter read(String path, JsonNode node, int depth) {
        if (depth > MAX_DEPTH) {
            throw Problem.field(path, "is nested deeper than " + MAX_DEPTH);
        }
        String type = node.path("type").asText("");
        if (type.equals("and") || type.equals("or")) {
            Fields fields = Fields.of(path, node, "type", "filters");
            JsonNode parts =
                    fields.node("filters").orElseThrow(() -> Problem.field(fields.path("filters"), "is missing"));
            if (!parts.isArray() || parts.isEmpty() || parts.size() > MAX_PARTS) {
                throw Problem.field(fields.path("filters"), "must be a list of 1 to " + MAX_PARTS + " filters");
            }
            List<Filter> filters = new ArrayList<>();
            for (int i = 0; i < parts.size(); i++) {
                filters.add(read(fields.path("filters") + "[" + i + "]", parts.get(i), depth + 1));
            }
            return type.equals("and") ? new Filter.And(filters) : new Filter.Or(filters);
        }
        Fields fields = Fields.of(path, node, "type", "key", "value");
        Filter.Operator operator = Arrays.stream(Filter.Operator.values())
                .filter(candidate -> candidate.name().toLowerCase(Locale.ROOT).equals(type))
                .findFirst()
                .orElseThrow(() -> Problem.field(fields.path("type"), "must be and, or, or one of " + OPERATORS));
        JsonNode value = fields.node("value").orElseThrow(() -> Problem.field(fields.path("value"), "is missing"));
        boolean list = operator == Filter.Operator.IN || operator == Filter.Operator.NIN;
        if (list != value.isArray()) {
            throw Problem.field(
                    fields.path("value"),
                    list ? "must be a list for " + type : "must be text, a number, or true/false");
        }
        Object read = list ? list(fields.path("value"), value) : scalar(fields.path("value"), value);
        return new Filter.Comparison(operator, fields.required("key", 256), read);
    }

    private static List<Object> list(String path, JsonNode array) {
        List<Object> values = new ArrayList<>();
        array.forEach(element -> values.add(scalar(path, element)));
        return List.copyOf(values);
    }

    private static Object scalar(String path, JsonNode value) {
        if (value.isTextual()) {
            return value.asText();
        }
        if (value.isBoolean()) {
            return value.asBoolean();
        }
        if (value.isNumber()) {
            return value.isIntegralNumber() ? (Object) value.asLong() : (Object) value.asDouble();
        }
        throw Problem.field(path, "must be text, a number, or true/false");
    }
}
