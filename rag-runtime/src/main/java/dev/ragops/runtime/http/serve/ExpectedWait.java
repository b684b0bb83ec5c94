package dev.ragops.runtime.http.serve;

import java.util.concurrent.atomic.AtomicLong;

/** Foretells how long one who comes now will wait for a thread: who is ahead, times what requests lately took. */
final class ExpectedWait {
    /** A new duration counts an eighth: follows a change within some twenty requests, and one slow request hardly moves it. */
    private static final int SMOOTHING = 8;

    /** Taken for usual until it is known better: or a first crowd would all be let in. */
    private static final long GUESS_NANOS = 10_000_000;

    private final int threads;
    private final AtomicLong usualNanos = new AtomicLong(GUESS_NANOS);

    ExpectedWait(int threads) {
        this.threads = threads;
    }

    /** A request is done. */
    void took(long nanos) {
        usualNanos.accumulateAndGet(nanos, (old, now) -> old + (now - old) / SMOOTHING);
    }

    /**
     * Whoever comes finds requests somewhere between their begin and their end, so the first of {@code threads} is done after
     * {@code 1 / (threads + 1)} of what one takes; from then on a thread is free every {@code 1 / threads}.
     *
     * @param ahead how many wait already
     * @param working how many are worked on
     */
    long nanos(int ahead, int working) {
        if (ahead == 0 && working < threads) {
            return 0;
        }
        long usual = usualNanos.get();
        return usual / (threads + 1) + ahead * usual / threads;
    }
}
