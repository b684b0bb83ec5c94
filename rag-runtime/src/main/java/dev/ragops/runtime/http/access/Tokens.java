package dev.ragops.runtime.http.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The tokens that callers may show: files, read again every few seconds, so that a rotation needs no restart. */
public final class Tokens {
    private static final long REREAD_NANOS = 2_000_000_000L;

    private final List<Path> files;
    private volatile List<byte[]> known = List.of();
    private volatile long readAt;

    /** @param files none: everybody may call */
    public Tokens(List<Path> files) {
        this.files = List.copyOf(files);
        read();
    }

    /** Whether callers need one at all. */
    public boolean wanted() {
        return !files.isEmpty();
    }

    public boolean allows(String authorization) {
        if (files.isEmpty()) {
            return true;
        }
        if (System.nanoTime() - readAt > REREAD_NANOS) {
            read();
        }
        if (!authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return false;
        }
        byte[] shown = authorization.substring(7).strip().getBytes(StandardCharsets.UTF_8);
        boolean match = false;
        for (byte[] token : known) {
            match |= MessageDigest.isEqual(token, shown);
        }
        return match;
    }

    /** What tells tokens apart and gives none away: the first 12 hex digits of their SHA-256. Without a need for tokens, none. */
    public List<String> ids() {
        if (System.nanoTime() - readAt > REREAD_NANOS) {
            read();
        }
        return known.stream().map(Tokens::id).toList();
    }

    private static String id(byte[] token) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(token), 0, 6);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private void read() {
        List<byte[]> tokens = new ArrayList<>();
        for (Path file : files) {
            try {
                if (Files.isRegularFile(file)) {
                    byte[] token = Files.readString(file).strip().getBytes(StandardCharsets.UTF_8);
                    if (token.length > 0) {
                        tokens.add(token);
                    }
                }
            } catch (IOException e) {
                // Being replaced right now: the next look finds it.
            }
        }
        if (!tokens.isEmpty() || known.isEmpty()) {
            known = tokens;
        }
        readAt = System.nanoTime();
    }
}
