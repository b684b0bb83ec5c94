package dev.ragops.runtime.view;

import dev.ragops.runtime.store.StoreException;
import dev.ragops.runtime.store.VectorCache;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The vectors that all replicas of a store share, as long as they can be had. A cache that is missing or fails costs time, nothing else:
 * then everything is embedded here.
 */
final class SharedVectors {
    /** Short, so that a dead claimer holds nobody up for long; a living one renews it at half time. */
    private static final Duration LEASE = Duration.ofSeconds(10);

    private static final int CLAIMED_AT_ONCE = 64;

    private final String fingerprint;
    private final InstantSource clock;
    private Optional<VectorCache> cache;
    private Instant claimedAt = Instant.MIN;

    SharedVectors(String fingerprint, Optional<VectorCache> cache, InstantSource clock) {
        this.fingerprint = fingerprint;
        this.cache = cache;
        this.clock = clock;
    }

    Map<String, float[]> get(Set<String> hashes) {
        return ask(hashes, shared -> shared.get(fingerprint, hashes), Map::of);
    }

    /** @return those that are for us to embed now */
    Set<String> claim(Set<String> hashes) {
        Set<String> some = hashes.stream().limit(CLAIMED_AT_ONCE).collect(Collectors.toSet());
        claimedAt = clock.instant();
        return ask(hashes, shared -> shared.claim(fingerprint, some, LEASE), () -> hashes);
    }

    /** Keeps the claims of an embedder that is slower than they last: others would embed the same. */
    void renew(Set<String> claimed) {
        Instant now = clock.instant();
        if (now.isBefore(claimedAt.plus(LEASE.dividedBy(2)))) {
            return;
        }
        claimedAt = now;
        ask(claimed, shared -> shared.claim(fingerprint, claimed, LEASE), Set::of);
    }

    void put(Map<String, float[]> vectors) {
        ask(
                vectors.keySet(),
                shared -> {
                    shared.put(fingerprint, vectors);
                    return true;
                },
                () -> false);
    }

    private interface Question<T> {
        T ask(VectorCache cache);
    }

    private <T> T ask(Collection<String> about, Question<T> question, Supplier<T> otherwise) {
        if (cache.isEmpty() || about.isEmpty()) {
            return otherwise.get();
        }
        try {
            return question.ask(cache.get());
        } catch (StoreException e) {
            cache = Optional.empty();
            return otherwise.get();
        }
    }
}
