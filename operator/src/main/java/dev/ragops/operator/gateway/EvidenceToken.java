package dev.ragops.operator.gateway;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs what a gateway asks to see before it shows its evidence: {@code v1.<expiry>.<signature>}. */
public final class EvidenceToken {
    private static final Duration LIFETIME = Duration.ofMinutes(2);

    private EvidenceToken() {}

    public static String of(byte[] key, String modelUid, Instant now) {
        long expiry = now.plus(LIFETIME).getEpochSecond();
        String signed = "v1." + expiry + "." + modelUid;
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            byte[] signature = mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
            return "v1." + expiry + "."
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has HmacSHA256", impossible);
        }
    }
}
