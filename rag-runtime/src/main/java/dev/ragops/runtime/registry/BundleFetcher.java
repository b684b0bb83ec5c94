package dev.ragops.runtime.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ragops.runtime.bundle.Bundle;
import dev.ragops.runtime.bundle.BundleException;
import dev.ragops.runtime.bundle.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Brings a version's bundle to disk: only the files of its manifest, resumed when a download breaks off, proven before they count. A bundle that is in
 * the cache is proven and used without asking the registry.
 */
public final class BundleFetcher {
    public static final String DIRECTORY_TAG = "ragops.bundle";
    public static final String DIGEST_TAG = "ragops.digest";
    private static final int TRIES = 5;

    private final MlflowClient mlflow;

    public BundleFetcher(MlflowClient mlflow) {
        this.mlflow = mlflow;
    }

    /**
     * Fetches into {@code target}, which then holds the bundle and nothing else.
     *
     * @param digest what it must have, if known; else what the version's tag says
     * @param cache bundles by digest, if there is one
     * @throws BundleException when what is registered is no bundle, or another one
     * @throws RegistryException when the registry does not give it
     */
    public Bundle fetch(ModelVersion version, Optional<String> digest, Path target, Optional<Path> cache) {
        if (digest.isPresent() && cache.isPresent()) {
            Path cached = cache.get().resolve(digest.get());
            if (Files.isDirectory(cached)) {
                try {
                    Bundle bundle = Bundle.open(cached);
                    if (bundle.digest().equals(digest.get())) {
                        copy(cached, target);
                        return Bundle.open(target);
                    }
                } catch (BundleException e) {
                    // A damaged copy is as good as none: it is fetched anew and replaced.
                    delete(cached);
                }
            }
        }
        String root = artifactPath(version);
        byte[] manifestBytes = small(root + "/" + Manifest.FILE);
        Manifest manifest = Manifest.parse(manifestBytes);
        String expected = digest.or(() -> tag(version, DIGEST_TAG))
                .orElseThrow(() -> new BundleException("version " + version.version() + " of " + version.name()
                        + " has no tag " + DIGEST_TAG + ", so nothing proves its bundle: register it again"));
        if (!manifest.digest().equals(expected)) {
            throw new BundleException(Manifest.FILE + " of version " + version.version() + " of " + version.name()
                    + " has digest " + manifest.digest().substring(0, 12) + "…, expected "
                    + expected.substring(0, Math.min(12, expected.length())) + "…");
        }
        try {
            Files.createDirectories(target);
            for (var file : manifest.files().entrySet()) {
                download(
                        root + "/" + file.getKey(),
                        target.resolve(file.getKey()),
                        file.getValue().size());
                Bundle.verify(target, file.getKey(), file.getValue());
            }
            Files.write(target.resolve(Manifest.FILE), manifestBytes);
        } catch (IOException e) {
            throw RegistryException.unreachable("cannot write the bundle to " + target + ": " + e.getMessage());
        }
        Bundle bundle = Bundle.open(target);
        cache.ifPresent(directory -> keep(bundle, directory));
        return bundle;
    }

    /** Where the bundle's files lie below the artifact proxy. */
    private String artifactPath(ModelVersion version) {
        String uri = mlflow.get("model-versions/get-download-uri", "name", version.name(), "version", version.version())
                .path("artifact_uri")
                .asText("");
        if (uri.startsWith("runs:/")) {
            String[] parts = uri.substring("runs:/".length()).split("/", 2);
            String root = mlflow.get("runs/get", "run_id", parts[0])
                    .path("run")
                    .path("info")
                    .path("artifact_uri")
                    .asText("");
            uri = parts.length == 2 ? root + "/" + parts[1] : root;
        }
        String scheme = "mlflow-artifacts:/";
        if (!uri.startsWith(scheme)) {
            throw RegistryException.refused(
                    "the files of version " + version.version() + " of " + version.name() + " lie at '" + uri
                            + "'; only artifacts served by the MLflow server (mlflow-artifacts:) can be fetched: start it with --serve-artifacts");
        }
        String below = tag(version, DIRECTORY_TAG).map(BundleFetcher::below).orElse("");
        return uri.substring(scheme.length()) + below;
    }

    private static String below(String directory) {
        if (Stream.of(directory.split("/", -1)).anyMatch(name -> name.isEmpty() || name.startsWith("."))) {
            throw new BundleException("tag " + DIRECTORY_TAG + " is '" + directory
                    + "', must be a directory below the version's source: plain names, no '..'");
        }
        return "/" + directory;
    }

    private Optional<String> tag(ModelVersion version, String key) {
        for (JsonNode tag : mlflow.get("model-versions/get", "name", version.name(), "version", version.version())
                .path("model_version")
                .path("tags")) {
            if (tag.path("key").asText().equals(key)
                    && !tag.path("value").asText().isEmpty()) {
                return Optional.of(tag.path("value").asText());
            }
        }
        return Optional.empty();
    }

    private byte[] small(String path) {
        for (int attempt = 1; ; attempt++) {
            try (InputStream in = mlflow.artifact(path, 0)) {
                byte[] bytes = in.readNBytes((int) Manifest.MAX_MANIFEST_BYTES + 1);
                if (bytes.length > Manifest.MAX_MANIFEST_BYTES) {
                    throw new BundleException(Manifest.FILE + " is too large");
                }
                return bytes;
            } catch (RegistryException e) {
                if (!e.isOpen()) {
                    throw new BundleException("the version has no " + Manifest.FILE + ": " + e.getMessage(), e);
                }
                if (attempt == TRIES || !e.isUnreachable()) {
                    throw e;
                }
            } catch (IOException e) {
                if (attempt == TRIES) {
                    throw RegistryException.unreachable("download of " + path + " broke off: " + e.getMessage());
                }
            }
            MlflowClient.pause(Duration.ofMillis(200L << attempt));
        }
    }

    private void download(String path, Path file, long size) throws IOException {
        Files.createDirectories(file.getParent());
        Files.deleteIfExists(file);
        long done = 0;
        for (int attempt = 1; done < size || attempt == 1; attempt++) {
            try (InputStream in = mlflow.artifact(path, done);
                    OutputStream out =
                            Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                byte[] buffer = new byte[1 << 16];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    done += read;
                    if (done > size) {
                        throw new BundleException(path + " is larger than the " + size + " bytes its manifest says");
                    }
                    out.write(buffer, 0, read);
                }
                return;
            } catch (RegistryException e) {
                if (!e.isOpen()) {
                    throw new BundleException(
                            file.getFileName() + " cannot be fetched, though the manifest names it: " + e.getMessage(),
                            e);
                }
                if (attempt >= TRIES || !e.isUnreachable()) {
                    throw e;
                }
            } catch (IOException e) {
                if (attempt >= TRIES) {
                    throw RegistryException.unreachable("download of " + path + " broke off: " + e.getMessage());
                }
            }
            MlflowClient.pause(Duration.ofMillis(200L << attempt));
            done = Files.exists(file) ? Files.size(file) : 0;
        }
    }

    private static void keep(Bundle bundle, Path cache) {
        Path place = cache.resolve(bundle.digest());
        if (Files.isDirectory(place)) {
            return;
        }
        Path partial = cache.resolve(
                "." + bundle.digest() + "." + ProcessHandle.current().pid());
        try {
            copy(bundle.directory(), partial);
            Files.move(partial, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            // A full or read-only cache costs a later start some time; it must not cost this one its bundle.
            delete(partial);
        }
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path source : (Iterable<Path>) tree::iterator) {
                Path place = to.resolve(from.relativize(source).toString());
                if (Files.isDirectory(source)) {
                    Files.createDirectories(place);
                } else {
                    Files.copy(source, place, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException e) {
            throw RegistryException.unreachable("cannot copy the bundle to " + to + ": " + e.getMessage());
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // What stays is overwritten by the next fetch.
        }
    }
}
