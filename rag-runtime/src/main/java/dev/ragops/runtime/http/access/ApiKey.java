package dev.ragops.runtime.http.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ragops.runtime.http.contract.Filters;
import dev.ragops.runtime.search.Filter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
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
    static final String PREFIX = "rk_";
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
