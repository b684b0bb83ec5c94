package dev.ragops.runtime.cli;

import dev.ragops.runtime.config.ConfigException;
import java.util.Optional;

/** What options are where they are not given. A pod gives none, and starts without the library that reads them. */
final class Environment {
    private Environment() {}

    /** The variable's value, empty where it is not set. */
    static String text(String variable) {
        return textOr(variable, "");
    }

    static String textOr(String variable, String otherwise) {
        String value = System.getenv(variable);
        return value == null || value.isBlank() ? otherwise : value;
    }

    /** An option's value where it says anything. */
    static Optional<String> given(String value) {
        return Optional.of(value).filter(text -> !text.isBlank());
    }

    /** @throws ConfigException naming the variable */
    static int port(String variable, int otherwise) {
        String value = text(variable);
        try {
            int port = value.isEmpty() ? otherwise : Integer.parseInt(value.strip());
            if (port >= 0 && port < 1 << 16) {
                return port;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new ConfigException(variable + " must be a port, 0 to 65535, not '" + value + "'");
    }
}
