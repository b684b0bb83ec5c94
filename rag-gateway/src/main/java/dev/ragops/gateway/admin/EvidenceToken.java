package dev.ragops.gateway.admin;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Checks that who asks for evidence holds the key of this RagModel, and asks now: {@code v1.<expiry>.<signature>}. */
public final class EvidenceToken {
    private static final Pattern SHAPE = Pattern.compile("Bearer v1\\.(\\d{1,12})\\.([A-Za-z0-9_-]+)");

    private EvidenceToken() {}

    public static boolean isValid(String authorization, byte[] key, String modelUid, long nowSeconds) {
        Matcher matcher = SHAPE.matcher(authorization);
        if (key.length == 0 || !matcher.matches() || Long.parseLong(matcher.group(1)) < nowSeconds) {
            return false;
        }
        byte[] expected = sign("v1." + matcher.group(1) + "." + modelUid, key);
        byte[] given;
        try {
            given = Base64.getUrlDecoder().decode(matcher.group(2));
        } catch (IllegalArgumentException e) {
            return false;
        }
        return MessageDigest.isEqual(expected, given);
    }

    static byte[] sign(String text, byte[] key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
