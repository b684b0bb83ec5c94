package dev.ragops.runtime.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The description of the API that is served and that tests hold the routes to. */
final class OpenApi {
    private static final String DOCUMENT = read();

    private OpenApi() {}

    static String document() {
        return DOCUMENT;
    }

    private static String read() {
        try (InputStream in = Objects.requireNonNull(OpenApi.class.getResourceAsStream("/openapi.json"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("openapi.json is part of the jar", e);
        }
    }
}
