package dev.ragops.runtime.http.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Makes {@link Schema}s from the contract's JSON. A keyword it does not know stops the start: it would be a promise that nobody keeps. */
final class SchemaReader {
    private static final String COMPONENTS = "#/components/schemas/";
    private static final Set<String> SAID_ELSEWHERE =
            Set.of("description", "default", "discriminator", "required", "x-ragops-says");

    private final JsonNode components;
    private final Map<String, Schema> named = new HashMap<>();

    SchemaReader(JsonNode components) {
        this.components = components;
    }

    Schema read(JsonNode node) {
        if (node.has("$ref")) {
            return reference(node.path("$ref").asText());
        }
        List<Rule> rules = new ArrayList<>();
        for (Map.Entry<String, JsonNode> keyword : node.properties()) {
            rule(keyword.getKey(), node).ifPresent(rules::add);
        }
        return new Schema(rules);
    }

    private Schema reference(String ref) {
        String name = ref.startsWith(COMPONENTS) ? ref.substring(COMPONENTS.length()) : "";
        JsonNode node = components.path(name);
        if (node.isMissingNode()) {
            throw new IllegalStateException("openapi.json: " + ref + " leads nowhere");
        }
        Schema known = named.get(name);
        if (known != null) {
            return known;
        }
        Schema schema = new Schema();
        named.put(name, schema);
        List<Rule> rules = new ArrayList<>();
        for (Map.Entry<String, JsonNode> keyword : node.properties()) {
            rule(keyword.getKey(), node).ifPresent(rules::add);
        }
        schema.define(rules);
        return schema;
    }

    /** Keywords that are said together become a rule once, at the first of them. */
    private Optional<Rule> rule(String keyword, JsonNode node) {
        return switch (keyword) {
            case "type" -> Optional.of(new Rule.OfType(types(node.path("type")), range(node)));
            case "enum" -> Optional.of(new Rule.OneOf(list(node.path("enum"))));
            case "const" -> Optional.of(new Rule.OneOf(List.of(node.path("const"))));
            case "minimum", "maximum" ->
                first(node, keyword, "minimum", "maximum")
                        .map(first -> new Rule.Range(decimal(node, "minimum"), decimal(node, "maximum"), range(node)));
            case "minLength", "maxLength" ->
                first(node, keyword, "minLength", "maxLength")
                        .map(first -> new Rule.Length(
                                node.path("minLength").asInt(0),
                                node.path("maxLength").asInt(Integer.MAX_VALUE)));
            case "pattern" ->
                Optional.of(new Rule.Matches(
                        pattern(node.path("pattern").asText()),
                        node.path("x-ragops-says")
                                .asText("must match " + node.path("pattern").asText())));
            case "items", "minItems", "maxItems" ->
                first(node, keyword, "items", "minItems", "maxItems")
                        .map(first -> new Rule.Items(
                                node.path("minItems").asInt(0),
                                node.path("maxItems").asInt(Integer.MAX_VALUE),
                                node.has("items") ? Optional.of(read(node.path("items"))) : Optional.empty()));
            case "properties", "additionalProperties", "maxProperties" ->
                first(node, keyword, "properties", "additionalProperties", "maxProperties")
                        .map(first -> properties(node));
            case "oneOf", "anyOf" -> Optional.of(alternatives(node, node.path(keyword)));
            default -> {
                if (!SAID_ELSEWHERE.contains(keyword)) {
                    throw new IllegalStateException("openapi.json: keyword " + keyword + " is not checked by anything");
                }
                yield Optional.empty();
            }
        };
    }

    /** In a contract {@code $} is the end of the text (ECMA-262); Java's would let a line end follow. */
    private static Pattern pattern(String said) {
        return Pattern.compile(said.endsWith("$") ? said.substring(0, said.length() - 1) + "\\z" : said);
    }

    private static Optional<String> first(JsonNode node, String keyword, String... together) {
        for (String one : together) {
            if (node.has(one)) {
                return one.equals(keyword) ? Optional.of(one) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private Rule properties(JsonNode node) {
        Map<String, Schema> known = new LinkedHashMap<>();
        node.path("properties").properties().forEach(field -> known.put(field.getKey(), read(field.getValue())));
        JsonNode more = node.path("additionalProperties");
        Rule.Others others = more.isMissingNode() || more.asBoolean()
                ? new Rule.Others.Any()
                : more.isObject() ? new Rule.Others.Like(read(more)) : new Rule.Others.None();
        return new Rule.Properties(
                known,
                list(node.path("required")).stream().map(JsonNode::asText).toList(),
                others,
                node.path("maxProperties").asInt(Integer.MAX_VALUE));
    }

    private Rule alternatives(JsonNode node, JsonNode schemas) {
        JsonNode discriminator = node.path("discriminator");
        if (discriminator.isMissingNode()) {
            return new Rule.Alternatives(list(schemas).stream().map(this::read).toList());
        }
        Map<String, Schema> choices = new LinkedHashMap<>();
        discriminator
                .path("mapping")
                .properties()
                .forEach(choice ->
                        choices.put(choice.getKey(), reference(choice.getValue().asText())));
        return new Rule.Discriminated(discriminator.path("propertyName").asText(), choices);
    }

    private static Set<Rule.Type> types(JsonNode node) {
        Set<Rule.Type> types = EnumSet.noneOf(Rule.Type.class);
        (node.isArray() ? list(node) : List.of(node))
                .forEach(name -> types.add(Rule.Type.valueOf(name.asText().toUpperCase(Locale.ROOT))));
        return types;
    }

    private static List<JsonNode> list(JsonNode array) {
        List<JsonNode> nodes = new ArrayList<>();
        array.forEach(nodes::add);
        return nodes;
    }

    private static Optional<BigDecimal> decimal(JsonNode node, String name) {
        return node.has(name) ? Optional.of(node.path(name).decimalValue()) : Optional.empty();
    }

    private static String range(JsonNode node) {
        Optional<BigDecimal> least = decimal(node, "minimum");
        Optional<BigDecimal> most = decimal(node, "maximum");
        if (least.isPresent() && most.isPresent()) {
            return " from " + words(least.get()) + " to " + words(most.get());
        }
        return least.map(bound -> " of at least " + words(bound)).orElse("")
                + most.map(bound -> " of at most " + words(bound)).orElse("");
    }

    private static String words(BigDecimal number) {
        return number.precision() - number.scale() > 20
                ? number.toString()
                : number.stripTrailingZeros().toPlainString();
    }
}
