package dev.ragops.runtime.http.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** One keyword of a JSON Schema, or a few that are said in one sentence. A rule lets values of types that it is not about through. */
sealed interface Rule {
    void check(String path, JsonNode value);

    private static Problem wrong(String path, String detail) {
        return path.isEmpty() ? Problem.of(400, "Bad request", "the body " + detail) : Problem.field(path, detail);
    }

    private static String child(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    enum Type {
        STRING("text"),
        INTEGER("a whole number"),
        NUMBER("a number"),
        BOOLEAN("true or false"),
        ARRAY("a list"),
        OBJECT("a JSON object"),
        NULL("null");

        final String words;

        Type(String words) {
            this.words = words;
        }

        boolean takes(JsonNode value) {
            return switch (this) {
                case STRING -> value.isTextual();
                // 3.0 is the integer 3 (JSON Schema 2020-12, validation, 6.1.1).
                case INTEGER ->
                    value.isIntegralNumber() || value.isNumber() && Math.rint(value.asDouble()) == value.asDouble();
                case NUMBER -> value.isNumber();
                case BOOLEAN -> value.isBoolean();
                case ARRAY -> value.isArray();
                case OBJECT -> value.isObject();
                case NULL -> value.isNull();
            };
        }
    }

    /** @param range empty, or what is said of the numbers that are taken */
    record OfType(Set<Type> types, String range) implements Rule {
        boolean takes(JsonNode value) {
            for (Type type : types) {
                if (type.takes(value)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public void check(String path, JsonNode value) {
            if (!takes(value)) {
                String wanted = types.stream()
                        .filter(type -> type != Type.NULL)
                        .map(type -> type.words)
                        .collect(Collectors.joining(", "));
                throw wrong(path, "must be " + wanted + range);
            }
        }
    }

    record OneOf(List<JsonNode> values) implements Rule {
        @Override
        public void check(String path, JsonNode value) {
            if (!values.contains(value)) {
                String all = values.stream()
                        .filter(one -> !one.isNull())
                        .map(JsonNode::asText)
                        .collect(Collectors.joining(", "));
                throw wrong(path, values.size() == 1 ? "must be " + all : "must be one of " + all);
            }
        }
    }

    record Range(Optional<BigDecimal> least, Optional<BigDecimal> most, String words) implements Rule {
        @Override
        public void check(String path, JsonNode value) {
            if (value.isNumber() && !within(value)) {
                throw wrong(path, "must be a number" + words);
            }
        }

        private boolean within(JsonNode value) {
            double number = value.asDouble();
            return Double.isFinite(number)
                    && (least.isEmpty() || number >= least.get().doubleValue())
                    && (most.isEmpty() || number <= most.get().doubleValue());
        }
    }

    /** Lengths in code points. */
    record Length(int least, int most) implements Rule {
        @Override
        public void check(String path, JsonNode value) {
            if (!value.isTextual()) {
                return;
            }
            String text = value.asText();
            if (text.length() > most && text.codePointCount(0, text.length()) > most) {
                throw wrong(path, "has more than " + most + " characters");
            }
            if (text.length() < least) {
                throw wrong(path, least == 1 ? "must not be empty" : "has fewer than " + least + " characters");
            }
        }
    }

    record Matches(Pattern pattern, String says) implements Rule {
        @Override
        public void check(String path, JsonNode value) {
            if (value.isTextual() && !pattern.matcher(value.asText()).find()) {
                throw wrong(path, says);
            }
        }
    }

    record Items(int least, int most, Optional<Schema> each) implements Rule {
        @Override
        public void check(String path, JsonNode value) {
            if (!value.isArray()) {
                return;
            }
            if (value.size() < least || value.size() > most) {
                throw wrong(
                        path,
                        most == Integer.MAX_VALUE
                                ? "must be a list of at least " + least
                                : "must be a list of " + least + " to " + most);
            }
            if (each.isPresent()) {
                for (int i = 0; i < value.size(); i++) {
                    each.get().check(path + "[" + i + "]", value.get(i));
                }
            }
        }
    }

    /** What an object may hold beside the named properties. */
    sealed interface Others {
        record Any() implements Others {}

        record None() implements Others {}

        record Like(Schema schema) implements Others {}
    }

    record Properties(Map<String, Schema> known, List<String> required, Others others, int most) implements Rule {
        @Override
        public void check(String path, JsonNode value) {
            if (!value.isObject()) {
                return;
            }
            for (String name : required) {
                if (!value.has(name)) {
                    throw wrong(child(path, name), "is missing");
                }
            }
            if (value.size() > most) {
                throw wrong(path, "has more than " + most + " keys");
            }
            for (Map.Entry<String, JsonNode> field : value.properties()) {
                Schema schema = known.get(field.getKey());
                if (schema != null) {
                    schema.check(child(path, field.getKey()), field.getValue());
                } else {
                    other(path, field.getKey(), field.getValue());
                }
            }
        }

        private void other(String path, String name, JsonNode value) {
            switch (others) {
                case Others.Any() -> {}
                case Others.None() ->
                    throw wrong(
                            child(path, shown(name)), "is unknown; known fields: " + String.join(", ", known.keySet()));
                case Others.Like(Schema schema) -> schema.check(child(path, shown(name)), value);
            }
        }

        /** A name from outside, short enough and harmless in an error. */
        private static String shown(String name) {
            String printable = name.replaceAll("\\p{C}", "?");
            return printable.length() <= 64 ? printable : printable.substring(0, 64) + "…";
        }
    }

    /** One of several schemas, told apart by a property. */
    record Discriminated(String property, Map<String, Schema> choices) implements Rule {
        @Override
        public void check(String path, JsonNode value) {
            if (!value.isObject()) {
                return;
            }
            JsonNode kind = value.path(property);
            Schema choice = kind.isTextual() ? choices.get(kind.asText()) : null;
            if (choice == null) {
                throw wrong(child(path, property), "must be one of " + String.join(", ", choices.keySet()));
            }
            choice.check(path, value);
        }
    }

    /** One of several schemas, told apart by the type of the value. */
    record Alternatives(List<Schema> schemas) implements Rule {
        @Override
        public void check(String path, JsonNode value) {
            for (Schema schema : schemas) {
                if (schema.takes(value)) {
                    schema.check(path, value);
                    return;
                }
            }
            schemas.getFirst().check(path, value);
        }
    }
}
