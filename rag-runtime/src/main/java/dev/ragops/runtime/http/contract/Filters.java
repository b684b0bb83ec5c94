package dev.ragops.runtime.http.contract;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ragops.runtime.search.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** Reads filters that the contract has let through: {@code {type: eq|…|nin, key, value}} and {@code {type: and|or, filters: […]}}. */
public final class Filters {
    /** A filter is tried on every passage: this many comparisons are what a person means, more are an attack. */
    private static final int MAX_COMPARISONS = 256;

    private Filters() {}

    public static Filter read(String path, JsonNode node) {
        return read(path, node, new AtomicInteger());
    }

    private static Filter read(String path, JsonNode node, AtomicInteger comparisons) {
        String type = node.path("type").asText();
        if (type.equals("and") || type.equals("or")) {
            List<Filter> filters = new ArrayList<>();
            node.path("filters").forEach(part -> filters.add(read(path, part, comparisons)));
            return type.equals("and") ? new Filter.And(filters) : new Filter.Or(filters);
        }
        if (comparisons.incrementAndGet() > MAX_COMPARISONS) {
            throw Problem.field(path, "has more than " + MAX_COMPARISONS + " comparisons");
        }
        JsonNode value = node.path("value");
        return new Filter.Comparison(
                Filter.Operator.valueOf(type.toUpperCase(Locale.ROOT)),
                node.path("key").asText(),
                value.isArray() ? list(value) : scalar(value));
    }

    /** All of these keys have these values. */
    public static Filter all(JsonNode values) {
        List<Filter> filters = new ArrayList<>();
        values.properties()
                .forEach(entry -> filters.add(
                        new Filter.Comparison(Filter.Operator.EQ, entry.getKey(), scalar(entry.getValue()))));
        return new Filter.And(filters);
    }

    private static List<Object> list(JsonNode array) {
        List<Object> values = new ArrayList<>();
        array.forEach(element -> values.add(scalar(element)));
        return List.copyOf(values);
    }

    private static Object scalar(JsonNode value) {
        if (value.isTextual()) {
            return value.asText();
        }
        if (value.isBoolean()) {
            return value.asBoolean();
        }
        return value.isIntegralNumber() && value.canConvertToLong()
                ? (Object) value.asLong()
                : (Object) value.asDouble();
    }
}
