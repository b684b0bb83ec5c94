package dev.ragops.operator.gateway;

import io.fabric8.kubernetes.api.model.Secret;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * What gateways of one model take a signature of: while keys rotate, some of them still want the one before.
 *
 * @param previous only while the keys rotate
 */
public record EvidenceKeys(byte[] current, Optional<byte[]> previous) {
    public static final String CURRENT = "evidence-key";
    public static final String PREVIOUS = "evidence-key-previous";

    /** @return empty when the Secret has none */
    public static Optional<EvidenceKeys> of(Secret secret) {
        Map<String, String> data = Optional.ofNullable(secret.getData()).orElse(Map.of());
        return decoded(data, CURRENT).map(current -> new EvidenceKeys(current, decoded(data, PREVIOUS)));
    }

    private static Optional<byte[]> decoded(Map<String, String> data, String field) {
        return Optional.ofNullable(data.get(field))
                .filter(value -> !value.isEmpty())
                .map(Base64.getDecoder()::decode);
    }
}
