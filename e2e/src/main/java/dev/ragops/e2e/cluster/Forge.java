package dev.ragops.e2e.cluster;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Registers versions whose files are not what a bundle should be: what no honest tool would make. */
public final class Forge {
    private static final String DIRECTORY = "bundle";

    private final Registry registry;
    private final String model;
    private final SortedMap<String, byte[]> files = new TreeMap<>();
    /** Path to what the manifest claims of it: digest, size. */
    private final SortedMap<String, Claimed> claims = new TreeMap<>();

    private record Claimed(String sha256, long size) {}

    public Forge(Registry registry, String model) {
        this.registry = registry;
        this.model = model;
        file("rag.yaml", """
                apiVersion: ragops.dev/bundle-v1
                name: forged
                embedder: {builtin: all-MiniLM-L6-v2-q}
                retrieval: {mode: lexical, topK: 3}
                answer: {kind: extractive, maxSentences: 1}
                """);
        file("documents.jsonl", """
                {"id": "a", "title": "Rollback", "text": "A rollback is a change of route, never a rebuild.", "metadata": {}}
                """);
    }

    /** A file that is what the manifest says. */
    public Forge file(String path, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        files.put(path, bytes);
        claims.put(path, new Claimed(sha256(bytes), bytes.length));
        return this;
    }

    /** The manifest goes on naming it, and it is not there. */
    public Forge without(String path) {
        files.remove(path);
        return this;
    }

    /** Half of what the manifest says. */
    public Forge truncated(String path) {
        byte[] whole = files.getOrDefault(path, new byte[0]);
        files.put(path, java.util.Arrays.copyOf(whole, whole.length / 2));
        return this;
    }

    /** The manifest names it, whatever it is. */
    public Forge claiming(String path, long size) {
        claims.put(path, new Claimed("0".repeat(64), size));
        return this;
    }

    /** Uploads and registers; returns the version. The digest is that of the manifest: it is the files that lie. */
    public String register() {
        String manifest = claims.entrySet().stream()
                .map(claim -> "\"%s\": {\"sha256\": \"%s\", \"size\": %d}"
                        .formatted(
                                claim.getKey(),
                                claim.getValue().sha256(),
                                claim.getValue().size()))
                .collect(Collectors.joining(", ", "{\"files\": {", "}}"));
        files.put("manifest.json", manifest.getBytes(StandardCharsets.UTF_8));
        String digest = sha256(claims.entrySet().stream()
                .map(claim ->
                        claim.getValue().sha256() + "  " + claim.getValue().size() + "  " + claim.getKey() + "\n")
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8));
        String version = registry.register(model, DIRECTORY, Map.copyOf(files));
        registry.tag(model, version, "ragops.digest", digest);
        return version;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
