package dev.ragops.gateway.evidence;

import java.util.Optional;

/**
 * Watches the last minute so that a gateway can protect users by itself, also while no operator runs: it ejects a candidate, and it
 * stops mirroring while stable gets worse.
 */
public final class Guard {
    private static final int SECONDS = 60;
    /** What is judged, and what it is compared with lies before it. */
    private static final int RECENT_SECONDS = 10;
    /** Fewer attempts than this say nothing about a share. */
    private static final int ENOUGH = 20;
    /** Fallbacks cost stable a second request each; past this share it pays for the candidate's trouble. */
    private static final double MAX_FALLBACK_SHARE = 0.20;

    private static final double MAX_SHED_SHARE = 0.05;
    /** A share of bad answers below this is no trouble, however much it rose. */
    private static final double CALM_SHARE = 0.05;

    private static final double RISE = 2;

    private final Counts[] seconds = new Counts[SECONDS];

    public Guard() {
        clear();
    }

    /** Forgets, when another candidate comes. */
    public void clear() {
        for (int i = 0; i < SECONDS; i++) {
            seconds[i] = new Counts(-1);
        }
    }

    public void candidate(long nowMillis, boolean fellBack) {
        Counts now = at(nowMillis);
        now.candidate++;
        now.fallbacks += fellBack ? 1 : 0;
    }

    /** @param bad an error, or slower than promised */
    public void stable(long nowMillis, boolean bad, boolean shed) {
        Counts now = at(nowMillis);
        now.stable++;
        now.stableBad += bad ? 1 : 0;
        now.stableShed += shed ? 1 : 0;
    }

    /**
     * Why the candidate must go, if it must. A candidate with a small share is judged by its last twenty attempts, if they are of
     * this minute.
     */
    public Optional<String> reasonToEject(long nowMillis) {
        Counts recent = sum(nowMillis, 0, RECENT_SECONDS);
        int reach = RECENT_SECONDS;
        Counts attempts = recent;
        while (attempts.candidate < ENOUGH && reach < SECONDS) {
            reach += RECENT_SECONDS;
            attempts = sum(nowMillis, 0, reach);
        }
        if (attempts.candidate >= ENOUGH && attempts.fallbacks > MAX_FALLBACK_SHARE * attempts.candidate) {
            return Optional.of("%d of %d candidate answers of the last %d s had to be asked again of stable"
                    .formatted(attempts.fallbacks, attempts.candidate, reach));
        }
        if (recent.candidate > 0 && recent.stable >= ENOUGH && recent.stableShed > MAX_SHED_SHARE * recent.stable) {
            return Optional.of("stable shed %d of %d requests of the last %d s"
                    .formatted(recent.stableShed, recent.stable, RECENT_SECONDS));
        }
        return Optional.empty();
    }

    /** Whether stable is no worse than it was before, so that copies of its requests may go elsewhere. */
    public boolean mayMirror(long nowMillis) {
        Counts recent = sum(nowMillis, 0, RECENT_SECONDS);
        if (recent.stable < ENOUGH || recent.stableBad <= CALM_SHARE * recent.stable) {
            return true;
        }
        Counts before = sum(nowMillis, RECENT_SECONDS, SECONDS);
        return before.stable >= ENOUGH
                && (double) recent.stableBad / recent.stable <= RISE * before.stableBad / before.stable;
    }

    private Counts at(long nowMillis) {
        long now = nowMillis / 1000;
        int slot = (int) (now % SECONDS);
        if (seconds[slot].second != now) {
            seconds[slot] = new Counts(now);
        }
        return seconds[slot];
    }

    /** From so many seconds ago, back to so many. */
    private Counts sum(long nowMillis, int from, int to) {
        long now = nowMillis / 1000;
        Counts sum = new Counts(now);
        for (Counts one : seconds) {
            long ago = now - one.second;
            if (one.second >= 0 && ago >= from && ago < to) {
                sum.add(one);
            }
        }
        return sum;
    }

    private static final class Counts {
        private final long second;
        private long candidate;
        private long fallbacks;
        private long stable;
        private long stableBad;
        private long stableShed;

        Counts(long second) {
            this.second = second;
        }

        void add(Counts other) {
            candidate += other.candidate;
            fallbacks += other.fallbacks;
            stable += other.stable;
            stableBad += other.stableBad;
            stableShed += other.stableShed;
        }
    }
}
