package dev.ragops.runtime.cli;

import dev.ragops.runtime.config.ConfigException;
import dev.ragops.runtime.store.DocumentStore;
import dev.ragops.runtime.store.StoreException;
import dev.ragops.runtime.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** Where ingested documents are kept. */
final class StoreOptions {
    enum Kind {
        none,
        sqlite,
        postgres
    }

    @Option(names = "--data", paramLabel = "DIR", description = "where ingested documents are kept (RAGOPS_DATA)")
    String data = Environment.text("RAGOPS_DATA");

    @Option(
            names = "--store",
            paramLabel = "KIND",
            description = "none, sqlite or postgres (RAGOPS_STORE; default: sqlite with --data, else none)")
    String store = Environment.text("RAGOPS_STORE");

    @Option(
            names = "--postgres-url-file",
            paramLabel = "FILE",
            description = "file with postgres://user:password@host:port/database (RAGOPS_POSTGRES_URL_FILE)")
    String postgresUrlFile = Environment.text("RAGOPS_POSTGRES_URL_FILE");

    @Option(
            names = "--store-name",
            paramLabel = "NAME",
            description = "first part of every key in the store (RAGOPS_STORE_NAME)")
    String name = Environment.textOr("RAGOPS_STORE_NAME", "local");

    /** A folder of our own, whatever the store. */
    Optional<Path> directory() {
        return Environment.given(data).map(Path::of);
    }

    /** @throws ConfigException when there is no such store */
    Kind kind() {
        if (store.isBlank()) {
            return data.isBlank() ? Kind.none : Kind.sqlite;
        }
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.name().equals(store))
                .findFirst()
                .orElseThrow(
                        () -> new ConfigException("--store must be none, sqlite or postgres, not '" + store + "'"));
    }

    /**
     * What opens the store; empty where documents come with the bundle only.
     *
     * @throws ConfigException naming the option that the store needs
     */
    Optional<Supplier<DocumentStore>> opener() {
        return switch (kind()) {
            case none -> Optional.empty();
            case sqlite -> {
                Path directory = directory().orElseThrow(() -> new ConfigException("--store sqlite needs --data DIR"));
                yield Optional.of(() -> Stores.sqlite(directory.resolve("documents.db"), name));
            }
            case postgres -> {
                if (postgresUrlFile.isBlank()) {
                    throw new ConfigException("--store postgres needs --postgres-url-file FILE");
                }
                yield Optional.of(() -> Stores.postgres(this::url, name));
            }
        };
    }

    private String url() {
        try {
            return Files.readString(Path.of(postgresUrlFile)).strip();
        } catch (IOException e) {
            throw new StoreException("cannot read " + postgresUrlFile, e);
        }
    }
}
