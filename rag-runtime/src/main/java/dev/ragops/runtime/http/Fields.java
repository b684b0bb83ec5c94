package dev.ragops.runtime.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A JSON object of a request, read strictly: errors name the field. */
final class Fields {
    private static final JsonMapper JSON = JsonMapper.builder(com.fasterxml.jackson.core.JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(32)
                            .maxStringLength(16 << 20)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(JsonReadFeature.ALLOW_TRAILING_COMMA)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final String prefix;
    private final JsonNode node;

    private Fields(String prefix, JsonNode node) {
        this.prefix = prefix;
        this.node = node;
    }

    static Fields parse(byte[] body, String... known) {
        if (body.length == 0) {
            throw Problem.of(400, "Bad request", "the body is empty; send a JSON object");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw Problem.of(400, "Bad request", "the body is not UTF-8");
        }
        JsonNode node;
        try {
            node = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            throw Problem.of(
                    400,
                    "Bad request",
                    "the body is not JSON: line " + (at == null ? 1 : at.getLineNr()) + ", column "
                            + (at == null ? 1 : at.getColumnNr()));
        }
        return of("", node, known);
    }

    static Fields of(String prefix, JsonNode node, String... known) {
        if (!node.isObject()) {
            throw prefix.isEmpty()
                    ? Problem.of(400, "Bad request", "the body is not a JSON object")
                    : Problem.field(prefix, "must be an object");
        }
        TreeSet<String> unknown = new TreeSet<>();
        node.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(Set.of(known));
        Fields fields = new Fields(prefix.isEmpty() ? "" : prefix + ".", node);
        if (!unknown.isEmpty()) {
            throw Problem.field(
                    fields.prefix + unknown.first(), "is unknown; known fields: " + String.join(", ", known));
        }
        return fields;
    }

    String path(String name) {
        return prefix + name;
    }

    Optional<JsonNode> node(String name) {
        JsonNode value = node.path(name);
        return value.isMissingNode() || value.isNull() ? Optional.empty() : Optional.of(value);
    }

    Optional<String> text(String name, int maxLength) {
        return node(name).map(value -> {
            if (!value.isTextual()) {
                throw Problem.field(path(name), "must be text");
            }
            if (value.asText().length() > maxLength) {
                throw Problem.field(path(name), "has more than " + maxLength + " characters");
            }
            if (value.asText().indexOf('\0') >= 0) {
                throw Problem.field(path(name), "has a NUL character");
            }
            return value.asText();
        });
    }

    String required(String name, int maxLength) {
        return text(name, maxLength)
                .filter(value -> !value.isBlank())
                .orElseThrow(() -> Problem.field(path(name), "must be text that is not blank"));
    }

    Optional<Integer> integer(String name, int min, int max) {
        return node(name).map(value -> {
            if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < min || value.asInt() > max) {
                throw Problem.field(path(name), "must be a whole number from " + min + " to " + max);
            }
            return value.asInt();
        });
    }

    Optional<Long> sequence(String name) {
        return node(name).map(value -> {
            if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0) {
                throw Problem.field(path(name), "must be a sequence number");
            }
            return value.asLong();
        });
    }

    Optional<Double> number(String name) {
        return node(name).map(value -> {
            if (!value.isNumber()) {
                throw Problem.field(path(name), "must be a number");
            }
            return value.asDouble();
        });
    }

    boolean flag(String name) {
        return node(name)
                .map(value -> {
                    if (!value.isBoolean()) {
                        throw Problem.field(path(name), "must be true or false");
                    }
                    return value.asBoolean();
                })
                .orElse(false);
    }
}
