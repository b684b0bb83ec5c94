package dev.ragops.gateway.evidence;

import java.util.Optional;

/**
 * Watches the last ten seconds so that a gateway can protect users by itself, also while no operator runs: it ejects a
 * candidate, and it stops mirroring while stable has trouble.
 */
public final class Guard {
    private static final int SECONDS = 10;
    /** Fewer attempts than this say nothing about a share. */
    private static final int ENOUGH = 20;
    /** Fallbacks cost stable a second request each; past this share it pays for the candidate's trouble. */
    private static final double MAX_FALLBACK_SHARE = 0.20;

    private static final double MAX_SHED_SHARE = 0.05;
    private static final double MAX_BAD_SHARE_FOR_MIRRORING = 0.05;

    private final long[] second = new long[SECONDS];
    private final Counts[] counts = new Counts[SECONDS];

    public Guard() {
        clear();
    }

    /** Forgets, when another candidate comes. */
    public void clear() {
        for (int i = 0; i < SECONDS; i++) {
            counts[i] = new Counts();
            second[i] = -1;
        }
    }

    public void candidate(long nowMillis, boolean fellBack) {
        Counts now = at(nowMillis);
        now.candidate++;
        now.fallbacks += fellBack ? 1 : 0;
    }

    public void stable(long nowMillis, Event event) {
        Counts now = at(nowMillis);
        now.stable++;
        now.stableBad += event.isError() ? 1 : 0;
        now.stableShed += event.ending() == Event.Ending.SHED ? 1 : 0;
    }

    /** Why the candidate must go, if it must. */
    public Optional<String> reasonToEject(long nowMillis) {
        Counts sum = sum(nowMillis);
        if (sum.candidate >= ENOUGH && sum.fallbacks > MAX_FALLBACK_SHARE * sum.candidate) {
            return Optional.of("%d of %d candidate answers of the last %d s had to be asked again of stable"
                    .formatted(sum.fallbacks, sum.candidate, SECONDS));
        }
        if (sum.candidate > 0 && sum.stable >= ENOUGH && sum.stableShed > MAX_SHED_SHARE * sum.stable) {
            return Optional.of(
                    "stable shed %d of %d requests of the last %d s".formatted(sum.stableShed, sum.stable, SECONDS));
        }
        return Optional.empty();
    }

    /** Whether stable is well enough for a copy of its requests to go elsewhere. */
    public boolean mayMirror(long nowMillis) {
        Counts sum = sum(nowMillis);
        return sum.stable < ENOUGH || sum.stableBad <= MAX_BAD_SHARE_FOR_MIRRORING * sum.stable;
    }

    private Counts at(long nowMillis) {
        long now = nowMillis / 1000;
        int slot = (int) (now % SECONDS);
        if (second[slot] != now) {
            second[slot] = now;
            counts[slot] = new Counts();
        }
        return counts[slot];
    }

    private Counts sum(long nowMillis) {
        long now = nowMillis / 1000;
        Counts sum = new Counts();
        for (int i = 0; i < SECONDS; i++) {
            if (second[i] > now - SECONDS) {
                sum.add(counts[i]);
            }
        }
        return sum;
    }

    private static final class Counts {
        private long candidate;
        private long fallbacks;
        private long stable;
        private long stableBad;
        private long stableShed;

        void add(Counts other) {
            candidate += other.candidate;
            fallbacks += other.fallbacks;
            stable += other.stable;
            stableBad += other.stableBad;
            stableShed += other.stableShed;
        }
    }
}
