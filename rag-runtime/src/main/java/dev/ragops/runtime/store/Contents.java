package dev.ragops.runtime.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ragops.runtime.bundle.Metadata;
import dev.ragops.runtime.bundle.SourceDocument;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;

/** How documents and vectors are written down, and how content is told from other content. */
public final class Contents {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    private Contents() {}

    /** SHA-256 (hex) of a text: the key of the vector cache. */
    public static String inputHash(String modelInput) {
        return HexFormat.of().formatHex(sha256().digest(modelInput.getBytes(StandardCharsets.UTF_8)));
    }

    /** SHA-256 (hex) of title, text and metadata, whatever the order of its keys: equal for equal content, and the id is no part of it. */
    public static String hash(SourceDocument document) {
        MessageDigest digest = sha256();
        for (String part : new String[] {document.title(), document.text(), metadata(document.metadata())}) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(8).putLong(bytes.length).array());
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static String metadata(Map<String, Object> metadata) {
        try {
            return JSON.writeValueAsString(metadata);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("metadata cannot be written", e);
        }
    }

    static Map<String, Object> metadata(String json) {
        try {
            return Metadata.of(JSON.readTree(json)).orElse(Map.of());
        } catch (JsonProcessingException e) {
            throw new StoreException("stored metadata is not JSON", e);
        }
    }

    /** A JSON array, the one form in which both databases take a list as one parameter. */
    static String list(Collection<String> texts) {
        try {
            return JSON.writeValueAsString(texts);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("texts cannot be written", e);
        }
    }

    static byte[] bytes(float[] vector) {
        ByteBuffer buffer = ByteBuffer.allocate(vector.length * Float.BYTES);
        buffer.asFloatBuffer().put(vector);
        return buffer.array();
    }

    static float[] vector(byte[] bytes) {
        float[] vector = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).asFloatBuffer().get(vector);
        return vector;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
