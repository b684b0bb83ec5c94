package dev.ragops.operator.revision;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ragops.api.v1alpha1.RagModelSpec;
import dev.ragops.api.v1alpha1.RuntimeSpec;
import dev.ragops.operator.registry.Resolution;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;

/** Cuts revisions: one name for one bundle and one set of everything declared that can change an answer. */
public final class Revisions {
    private static final int HASH_DIGITS = 10;
    private static final JsonMapper CANONICAL = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    private Revisions() {}

    public static Revision cut(String model, RagModelSpec spec, Resolution.Found found) {
        String configDigest = sha256(declared(spec));
        String hash = sha256(found.digest() + "\n" + found.version() + "\n" + configDigest)
                .substring(0, HASH_DIGITS);
        return new Revision(model + "-" + hash, found.version(), found.runId(), found.digest(), configDigest);
    }

    /** As declared: replicas, gateway, objectives, gates, the registry's address and the operator's defaults stay out. */
    private static String declared(RagModelSpec spec) {
        SortedMap<String, Object> declared = new TreeMap<>();
        RuntimeSpec runtime = spec.runtime();
        if (runtime != null) {
            put(declared, "image", runtime.image());
            put(declared, "resources", runtime.resources());
            put(declared, "podTemplate", runtime.podTemplate());
        }
        put(declared, "config", spec.config());
        put(declared, "documents", spec.documents());
        put(declared, "model", spec.model().name());
        try {
            return CANONICAL.writeValueAsString(declared);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("API types can be written", e);
        }
    }

    private static void put(
            SortedMap<String, Object> declared, String key, @org.jspecify.annotations.Nullable Object value) {
        if (value != null) {
            declared.put(key, value);
        }
    }

    public static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
