package dev.ragops.gateway.admin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Says which token this gateway shows to runtimes without giving it away, so that the one before it is taken back only when nobody shows it any more. */
final class RuntimeToken {
    private static final int ID_BYTES = 6;

    private RuntimeToken() {}

    /** The first 12 hex digits of its SHA-256; empty for none. */
    static String id(String token) {
        if (token.isEmpty()) {
            return "";
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
