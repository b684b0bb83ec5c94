package dev.ragops.operator.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Which tokens the pods of a model go by, as they say themselves: what a file system was told to carry over proves nothing.
 *
 * @param runtimes by pod, the ids of the tokens it accepts; none where it does not say
 * @param gateways by pod, the id of the token it shows; none where it does not say
 */
record Holders(Map<String, List<String>> runtimes, Map<String, List<String>> gateways) {
    /** A pod that says nothing (it starts, it ends, it is of an older release) is taken to have what its node had this long to carry over: six and a half minutes at worst. */
    static final Duration CARRIED = Duration.ofMinutes(10);

    private static final int ID_BYTES = 6;

    Holders {
        runtimes = Map.copyOf(runtimes);
        gateways = Map.copyOf(gateways);
    }

    /** What tells tokens apart and gives none away. */
    static String id(String token) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    boolean allAccept(String token, Instant since, Instant now) {
        return all(runtimes.values(), token, since, now);
    }

    boolean allShow(String token, Instant since, Instant now) {
        return all(gateways.values(), token, since, now);
    }

    private static boolean all(Collection<List<String>> pods, String token, Instant since, Instant now) {
        String id = id(token);
        boolean carried = !since.plus(CARRIED).isAfter(now);
        return pods.stream().allMatch(said -> said.isEmpty() ? carried : said.contains(id));
    }
}
