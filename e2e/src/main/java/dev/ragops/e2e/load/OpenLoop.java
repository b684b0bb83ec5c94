package dev.ragops.e2e.load;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Fires at a fixed rate whatever comes back, because users do not wait for each other. A request that could not be
 * fired in time is fired late and its lateness counts as latency.
 */
final class OpenLoop {
    private final long periodNanos;
    private final CountDownLatch stop = new CountDownLatch(1);

    OpenLoop(int ratePerSecond) {
        this.periodNanos = TimeUnit.SECONDS.toNanos(1) / ratePerSecond;
    }

    void stop() {
        stop.countDown();
    }

    /**
     * Fires until stopped or until the time is over.
     *
     * @param durationNanos zero: until stopped
     * @param fire gets the moment, on {@link System#nanoTime}'s scale, at which the request was due
     * @return how often it fired
     */
    long run(long durationNanos, LongConsumer fire) throws InterruptedException {
        long begin = System.nanoTime();
        long fired = 0;
        while (true) {
            long due = begin + fired * periodNanos;
            if (durationNanos > 0 && due - begin >= durationNanos) {
                return fired;
            }
            if (stop.await(due - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                return fired;
            }
            fire.accept(due);
            fired++;
        }
    }
}
