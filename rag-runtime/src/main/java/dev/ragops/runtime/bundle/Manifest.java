package dev.ragops.runtime.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The files of a bundle with size and SHA-256: only what stands here is fetched, and nothing is believed that does not agree.
 *
 * @param files path (relative, with slashes) to what it must be
 */
public record Manifest(SortedMap<String, Entry> files) {
    public static final String FILE = "manifest.json";
    /** Sum of all files, and the size of the manifest itself. */
    public static final long MAX_BUNDLE_BYTES = 2L << 30;

    public static final long MAX_MANIFEST_BYTES = 4 << 20;
    private static final int MAX_FILES = 1000;
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._ +=@-]{0,199}");
    /** Of two entries of one name one reader takes the first and another the last: neither is to be believed. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    public record Entry(String sha256, long size) {}

    public Manifest {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }

    /** @throws BundleException when it is not a manifest, or names a path that could leave the bundle */
    public static Manifest parse(byte[] json) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (IOException e) {
            throw new BundleException(FILE + " is not JSON: " + firstLine(e), e);
        }
        JsonNode files = root == null ? JSON.nullNode() : root.path("files");
        if (!files.isObject()) {
            throw new BundleException(FILE + " has no object `files`");
        }
        if (files.size() > MAX_FILES) {
            throw new BundleException(FILE + " names " + files.size() + " files, more than " + MAX_FILES);
        }
        SortedMap<String, Entry> entries = new TreeMap<>();
        long total = 0;
        for (var field : files.properties()) {
            String path = checkedPath(field.getKey());
            String sha256 = field.getValue().path("sha256").asText("");
            JsonNode size = field.getValue().path("size");
            if (!SHA256.matcher(sha256).matches()) {
                throw new BundleException(FILE + ": " + path + " has no sha256 of 64 hex digits");
            }
            if (!size.isIntegralNumber() || size.asLong() < 0) {
                throw new BundleException(FILE + ": " + path + " has no size in bytes");
            }
            total += size.asLong();
            if (total > MAX_BUNDLE_BYTES || size.asLong() > MAX_BUNDLE_BYTES) {
                throw new BundleException(FILE + ": the bundle is larger than " + (MAX_BUNDLE_BYTES >> 20) + " MiB");
            }
            entries.put(path, new Entry(sha256, size.asLong()));
        }
        entries.keySet().forEach(path -> checkFolders(path, entries));
        return new Manifest(entries);
    }

    private static String firstLine(IOException e) {
        return e instanceof JsonProcessingException json ? json.getOriginalMessage() : String.valueOf(e.getMessage());
    }

    /** @throws BundleException for a path that is absolute, climbs, or hides */
    static String checkedPath(String path) {
        String[] segments = path.split("/", -1);
        for (String segment : segments) {
            if (!SEGMENT.matcher(segment).matches() || segment.endsWith(".") || segment.endsWith(" ")) {
                throw new BundleException(FILE + ": path '" + path
                        + "' is not allowed: plain relative names only, no '..', no leading dot");
            }
        }
        if (segments.length > 8 || path.equals(FILE)) {
            throw new BundleException(FILE + ": path '" + path + "' is not allowed");
        }
        return path;
    }

    /** A name cannot be a file and a folder. */
    private static void checkFolders(String path, SortedMap<String, Entry> entries) {
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            if (entries.containsKey(path.substring(0, slash))) {
                throw new BundleException(
                        FILE + ": '" + path.substring(0, slash) + "' is a file, and '" + path + "' lies below it");
            }
        }
    }

    public byte[] toJson() {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode listed = root.putObject("files");
        files.forEach((path, entry) ->
                listed.putObject(path).put("sha256", entry.sha256()).put("size", entry.size()));
        return (root.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** SHA-256 (hex) over lines of digest, size and path in order of path: names the bundle's content. */
    public String digest() {
        MessageDigest sha256 = sha256();
        files.forEach((path, entry) -> sha256.update(
                (entry.sha256() + "  " + entry.size() + "  " + path + "\n").getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(sha256.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }
}
