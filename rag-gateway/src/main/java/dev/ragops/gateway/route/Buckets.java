package dev.ragops.gateway.route;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Puts a user into one of 10,000 buckets, the same on every gateway and for as long as the candidate is the same. A growing
 * share only moves users from stable to candidate; another candidate meets other users first.
 */
public final class Buckets {
    public static final int COUNT = 10_000;

    private Buckets() {}

    public static int of(String model, String candidateRevision, String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((model + '\n' + candidateRevision + '\n' + key).getBytes(StandardCharsets.UTF_8));
            return (int) Long.remainderUnsigned(ByteBuffer.wrap(digest).getLong(), COUNT);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
