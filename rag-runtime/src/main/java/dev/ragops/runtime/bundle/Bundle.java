package dev.ragops.runtime.bundle;

import dev.ragops.runtime.config.RagConfig;
import dev.ragops.runtime.config.RagYaml;
import dev.ragops.runtime.embed.EmbedderSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A verified bundle on disk: the files its manifest names. Whatever else lies in the directory is not part of it. */
public record Bundle(Path directory, Manifest manifest, RagConfig config) {
    public static final String CONFIG_FILE = "rag.yaml";
    public static final String DOCUMENTS_FILE = "documents.jsonl";
    public static final String GOLDEN_FILE = "golden.jsonl";
    public static final String VECTORS_FILE = "vectors.bin";

    /**
     * Reads and proves a bundle: every file of the manifest is there, of the size and content it says.
     *
     * @throws BundleException naming the first file that is not as it should be
     */
    public static Bundle open(Path directory) {
        Path manifestFile = directory.resolve(Manifest.FILE);
        if (!Files.isRegularFile(manifestFile, LinkOption.NOFOLLOW_LINKS)) {
            throw new BundleException(directory + " is no bundle: it has no " + Manifest.FILE);
        }
        try {
            if (Files.size(manifestFile) > Manifest.MAX_MANIFEST_BYTES) {
                throw new BundleException(Manifest.FILE + " is too large");
            }
            Manifest manifest = Manifest.parse(Files.readAllBytes(manifestFile));
            if (!manifest.files().containsKey(CONFIG_FILE)) {
                throw new BundleException(Manifest.FILE + " does not name " + CONFIG_FILE);
            }
            for (Map.Entry<String, Manifest.Entry> file : manifest.files().entrySet()) {
                verify(directory, file.getKey(), file.getValue());
            }
            RagConfig config = RagYaml.parse(Files.readAllBytes(directory.resolve(CONFIG_FILE)), CONFIG_FILE);
            checkEmbedder(config.embedder(), manifest);
            return new Bundle(directory, manifest, config);
        } catch (IOException e) {
            throw new BundleException("the bundle in " + directory + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** A file that the manifest does not name is proven by nothing. */
    private static void checkEmbedder(EmbedderSpec embedder, Manifest manifest) {
        if (embedder instanceof EmbedderSpec.Bundled bundled) {
            Stream.of(Optional.of(bundled.model()), bundled.vocabulary(), bundled.tokenizer())
                    .flatMap(Optional::stream)
                    .filter(path -> !manifest.files().containsKey(path))
                    .findFirst()
                    .ifPresent(path -> {
                        throw new BundleException(CONFIG_FILE + ": embedder names '" + path
                                + "', which is not in the bundle: " + Manifest.FILE + " does not name it");
                    });
        }
    }

    /** Names the bundle's content, see {@link Manifest#digest()}. */
    public String digest() {
        return manifest.digest();
    }

    /** @throws BundleException when the file is not exactly what the manifest says */
    public static void verify(Path directory, String path, Manifest.Entry expected) {
        Path file = directory.resolve(path);
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new BundleException(path + " is missing, though " + Manifest.FILE + " names it");
            }
            long size = Files.size(file);
            if (size != expected.size()) {
                throw new BundleException(path + " has " + size + " bytes, " + Manifest.FILE + " says "
                        + expected.size() + (size < expected.size() ? " (truncated?)" : ""));
            }
            String actual = sha256(file);
            if (!actual.equals(expected.sha256())) {
                throw new BundleException(path + " has SHA-256 " + actual.substring(0, 12) + "…, " + Manifest.FILE
                        + " says " + expected.sha256().substring(0, 12) + "…");
            }
        } catch (IOException e) {
            throw new BundleException(path + " cannot be read: " + e.getMessage(), e);
        }
    }

    static String sha256(Path file) throws IOException {
        MessageDigest digest = Manifest.sha256();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** A file of the bundle, if it ships one. */
    public Optional<Path> file(String path) {
        return Optional.of(path).filter(manifest.files()::containsKey).map(directory::resolve);
    }
}
