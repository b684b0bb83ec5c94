package dev.ragops.runtime.registry;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A registered version by name: {@code models:/NAME/VERSION}. */
public record ModelVersion(String name, String version) {
    private static final Pattern URI = Pattern.compile("models:/([^/@]+)/([0-9]+)");

    /** @throws RegistryException when the text is something else */
    public static ModelVersion parse(String uri) {
        Matcher matcher = URI.matcher(uri);
        if (!matcher.matches()) {
            throw RegistryException.refused("'" + uri + "' is not models:/NAME/VERSION");
        }
        return new ModelVersion(matcher.group(1), matcher.group(2));
    }
}
