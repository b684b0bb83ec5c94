package dev.ragops.runtime.cli;

import dev.ragops.runtime.bundle.Bundle;
import dev.ragops.runtime.bundle.JsonLines;
import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.bundle.VectorsFile;
import dev.ragops.runtime.config.ConfigException;
import dev.ragops.runtime.config.Overrides;
import dev.ragops.runtime.config.RagConfig;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.http.serve.Identity;
import dev.ragops.runtime.store.Contents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a pod serves.
 *
 * @param bundle empty: no documents of its own, and the default settings
 * @param config the bundle's, with what overrides it
 * @param overrides JSON, as given; empty where nothing is overridden
 */
record Served(Optional<Bundle> bundle, RagConfig config, String overrides) {
    /** @throws ConfigException naming what cannot be read, or which override is wrong */
    static Served of(Optional<Bundle> bundle, Optional<Path> overrides) {
        RagConfig base = bundle.map(Bundle::config).orElse(RagConfig.DEFAULT);
        String json = overrides.map(Served::read).orElse("");
        return new Served(
                bundle,
                json.isEmpty() ? base : Overrides.apply(base, json, String.valueOf(overrides.orElseThrow())),
                json);
    }

    /** In which the names of a configuration are looked up. */
    Path directory() {
        return bundle.map(Bundle::directory).orElse(Path.of("."));
    }

    String digest() {
        return bundle.map(Bundle::digest).orElse("");
    }

    Identity identity(String revision, String version, Embedder embedder) {
        return new Identity(
                revision,
                version,
                digest(),
                overrides.isEmpty() ? "" : Contents.inputHash(overrides),
                embedder.fingerprint());
    }

    List<SourceDocument> documents() {
        return bundle.flatMap(present -> present.file(Bundle.DOCUMENTS_FILE))
                .map(JsonLines::documents)
                .orElse(List.of());
    }

    /** By the hash of what was embedded; empty where another embedder made them. */
    Map<String, float[]> vectors(Embedder embedder) {
        return bundle.flatMap(present -> present.file(Bundle.VECTORS_FILE))
                .map(file -> VectorsFile.read(file, embedder.fingerprint(), embedder.dimension()))
                .orElse(Map.of());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new ConfigException("--config: cannot read " + file + ": " + e.getMessage());
        }
    }
}
