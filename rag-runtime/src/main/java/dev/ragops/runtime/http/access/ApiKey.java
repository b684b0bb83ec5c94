package dev.ragops.runtime.http.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ragops.runtime.http.contract.Filters;
import dev.ragops.runtime.http.contract.Problem;
import dev.ragops.runtime.http.contract.Schema;
import dev.ragops.runtime.search.Filter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * An API key as it is kept: its public id, the hash of the whole key, and what it allows. The key itself is shown once, when it is made.
 *
 * @param name for people: whose key it is
 */
public record ApiKey(
        String id,
        String name,
        byte[] sha256,
        List<String> collections,
        boolean writes,
        Optional<JsonNode> filter,
        OptionalDouble requestsPerSecond) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PREFIX = "rk_";
    private static final int ID_BYTES = 6;
    /** So much chance needs no slow hash: nobody can try 2^256 keys. */
    private static final int SECRET_BYTES = 32;

    /** @param key shown to its owner, and to nobody again */
    public record Made(String key, ApiKey entry) {}

    public static Made make(
            String name,
            List<String> collections,
            boolean writes,
            Optional<JsonNode> filter,
            OptionalDouble requestsPerSecond) {
        SecureRandom random = new SecureRandom();
        byte[] id = new byte[ID_BYTES];
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(id);
        random.nextBytes(secret);
        String hex = HexFormat.of().formatHex(id);
        String key =
                PREFIX + hex + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        return new Made(key, new ApiKey(hex, name, hash(key), collections, writes, filter, requestsPerSecond));
    }

    /** The id in a key as shown; empty when it has another form. */
    static Optional<String> idOf(String key) {
        int end = key.indexOf('_', PREFIX.length());
        return key.startsWith(PREFIX) && end > 0 ? Optional.of(key.substring(PREFIX.length(), end)) : Optional.empty();
    }

    boolean opensWith(String key) {
        return MessageDigest.isEqual(sha256, hash(key));
    }

    /**
     * One line of a key file.
     *
     * @throws IllegalArgumentException saying what is wrong; it quotes nothing
     */
    static ApiKey parse(String line, Schema filterSchema) {
        JsonNode node;
        try {
            node = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("is not JSON", e);
        }
        String id = node.path("id").asText();
        String hash = node.path("sha256").asText();
        if (!id.matches("[0-9a-f]{4,64}") || !hash.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("needs id (hex) and sha256 (64 hex digits)");
        }
        List<String> collections = new ArrayList<>();
        node.path("collections").forEach(one -> collections.add(one.asText()));
        Optional<JsonNode> filter = node.hasNonNull("filter") ? Optional.of(node.path("filter")) : Optional.empty();
        try {
            filter.ifPresent(given -> filterSchema.check("filter", given));
        } catch (Problem problem) {
            throw new IllegalArgumentException(problem.detail(), problem);
        }
        boolean writes = node.path("write").asBoolean(false);
        if (writes && filter.isPresent()) {
            throw new IllegalArgumentException("has a filter and write: a key with a filter only reads");
        }
        JsonNode rate = node.path("requestsPerSecond");
        if (!rate.isMissingNode() && !(rate.isNumber() && rate.asDouble() > 0)) {
            throw new IllegalArgumentException("requestsPerSecond must be a number above 0");
        }
        return new ApiKey(
                id,
                node.path("name").asText(),
                HexFormat.of().parseHex(hash),
                collections,
                writes,
                filter,
                rate.isNumber() ? OptionalDouble.of(rate.asDouble()) : OptionalDouble.empty());
    }

    Optional<Filter> readFilter() {
        return filter.map(node -> Filters.read("filter", node));
    }

    /** The line for the key file. */
    public String line() {
        ObjectNode node = JSON.createObjectNode()
                .put("id", id)
                .put("name", name)
                .put("sha256", HexFormat.of().formatHex(sha256))
                .put("write", writes);
        if (!collections.isEmpty()) {
            collections.forEach(node.putArray("collections")::add);
        }
        filter.ifPresent(given -> node.set("filter", given));
        requestsPerSecond.ifPresent(rate -> node.put("requestsPerSecond", rate));
        return node.toString();
    }

    private static byte[] hash(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
