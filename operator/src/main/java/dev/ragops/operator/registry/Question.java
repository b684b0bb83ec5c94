package dev.ragops.operator.registry;

import java.util.Map;
import java.util.Optional;

/**
 * What is asked of a registry.
 *
 * @param alias or {@code version}, exactly one
 * @param credentials decoded data of the Secret: username and password, or token; ca.crt
 */
public record Question(
        String url, String model, Optional<String> alias, Optional<String> version, Map<String, String> credentials) {
    public Question {
        credentials = Map.copyOf(credentials);
    }

    /** The same without what must not be shown or compared by eye. */
    @Override
    public String toString() {
        return "Question[" + url + ", " + model + ", " + alias.map(a -> "@" + a).orElse(version.orElse("")) + "]";
    }
}
