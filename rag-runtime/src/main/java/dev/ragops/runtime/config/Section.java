package dev.ragops.runtime.config;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** One mapping of a settings file, read strictly: an unknown field, or one of another type, is an error that names its path. */
public final class Section {
    private final String source;
    private final String path;
    private final Map<?, ?> fields;

    private Section(String source, String path, Map<?, ?> fields) {
        this.source = source;
        this.path = path;
        this.fields = fields;
    }

    /** The top of a file as a parser gives it. */
    public static Section root(String source, Object parsed) {
        if (parsed instanceof Map<?, ?> map) {
            return new Section(source, "", map);
        }
        throw new ConfigException(source + ": must be a mapping of fields");
    }

    /** Says which fields may be there. */
    public Section only(String... known) {
        TreeSet<String> unknown = new TreeSet<>();
        fields.keySet().forEach(key -> unknown.add(String.valueOf(key)));
        List<String> allowed = Arrays.asList(known);
        unknown.removeIf(allowed::contains);
        if (!unknown.isEmpty()) {
            throw new ConfigException(
                    source + ": unknown field " + at(unknown.first()) + "; known here: " + String.join(", ", allowed));
        }
        return this;
    }

    public Section section(String name) {
        return optionalSection(name).orElseGet(() -> new Section(source, at(name), Map.of()));
    }

    public Optional<Section> optionalSection(String name) {
        Object value = fields.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Map<?, ?> map) {
            return Optional.of(new Section(source, at(name), map));
        }
        throw wrong(name, "a mapping of fields");
    }

    public Optional<String> string(String name) {
        Object value = fields.get(name);
        return switch (value) {
            case null -> Optional.empty();
            case String text -> Optional.of(text);
            case Number number -> Optional.of(number.toString());
            default -> throw wrong(name, "text");
        };
    }

    public Optional<Integer> integer(String name) {
        Object value = fields.get(name);
        return switch (value) {
            case null -> Optional.empty();
            case Integer number -> Optional.of(number);
            default -> throw wrong(name, "a whole number");
        };
    }

    public Optional<Boolean> bool(String name) {
        Object value = fields.get(name);
        return switch (value) {
            case null -> Optional.empty();
            case Boolean flag -> Optional.of(flag);
            default -> throw wrong(name, "true or false");
        };
    }

    /** A number, or a number as text, as Kubernetes APIs carry decimals. */
    public Optional<Double> decimal(String name) {
        return string(name).map(text -> {
            try {
                return Double.valueOf(text);
            } catch (NumberFormatException e) {
                throw wrong(name, "a number");
            }
        });
    }

    /** One of the names of an enum, in lower case. */
    public <E extends Enum<E>> Optional<E> oneOf(String name, Class<E> type) {
        return string(name)
                .map(text -> Arrays.stream(type.getEnumConstants())
                        .filter(constant -> constant.name()
                                .toLowerCase(java.util.Locale.ROOT)
                                .equals(text))
                        .findFirst()
                        .orElseThrow(() -> wrong(
                                name,
                                "one of "
                                        + String.join(
                                                ", ",
                                                Arrays.stream(type.getEnumConstants())
                                                        .map(c -> c.name().toLowerCase(java.util.Locale.ROOT))
                                                        .toList()))));
    }

    /** An error about this field, for rules that only the reader knows. */
    public ConfigException wrong(String name, String expected) {
        return new ConfigException(
                source + ": " + at(name) + " must be " + expected + ", not '" + fields.get(name) + "'");
    }

    public String source() {
        return source;
    }

    private String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
