package dev.ragops.runtime.http.serve;

import dev.ragops.runtime.http.contract.Problem;
import dev.ragops.runtime.observe.RuntimeMetrics;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads for what would block an event loop, and the place where load is shed: a caller who would wait too long hears so at once, and those who are
 * let in are answered in time.
 */
public final class Workers implements AutoCloseable {
    /** A new duration counts an eighth: follows a change within some twenty requests, and one slow request hardly moves it. */
    private static final int SMOOTHING = 8;

    private final ThreadPoolExecutor pool;
    private final RuntimeMetrics metrics;
    private final Vertx vertx;
    private final Duration longestWait;
    private final AtomicLong usualNanos = new AtomicLong();

    /**
     * @param queue bound of what may wait, for memory's sake
     * @param longestWait who would wait longer is sent away, whatever its deadline
     */
    public Workers(Vertx vertx, String name, int threads, int queue, Duration longestWait, RuntimeMetrics metrics) {
        this.vertx = vertx;
        this.longestWait = longestWait;
        this.metrics = metrics;
        this.pool = new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(queue),
                Thread.ofPlatform().name(name + "-", 0).daemon().factory());
    }

    /**
     * Runs {@code work} on one of the threads.
     *
     * @param patience what is left of the caller's deadline: half of it may pass in the queue
     */
    public <T> Future<T> run(Call call, Duration patience, Callable<T> work) {
        Context context = vertx.getOrCreateContext();
        Promise<T> promise = Promise.promise();
        if (patience.isNegative()) {
            return Future.failedFuture(Problem.later("Deadline passed", "the request came later than its deadline"));
        }
        long longest = Math.min(longestWait.toNanos(), patience.toNanos() / 2);
        long expected = expectedWaitNanos();
        if (expected > longest) {
            metrics.shed.inc();
            return Future.failedFuture(overloaded(expected));
        }
        try {
            pool.execute(() -> {
                long began = System.nanoTime();
                try (Trace.Lines lines = call.trace().inLog()) {
                    T result = work.call();
                    context.runOnContext(v -> promise.complete(result));
                } catch (Exception | Error e) {
                    context.runOnContext(v -> promise.fail(e));
                } finally {
                    took(System.nanoTime() - began);
                }
            });
            metrics.waiting.set(pool.getQueue().size());
        } catch (RejectedExecutionException e) {
            metrics.shed.inc();
            promise.fail(overloaded(expected));
        }
        return promise.future();
    }

    /** How long one who comes now would wait for a thread, if requests go on taking as long as they lately did. */
    long expectedWaitNanos() {
        int ahead = pool.getQueue().size();
        if (ahead == 0 && pool.getActiveCount() < pool.getCorePoolSize()) {
            return 0;
        }
        return (ahead + 1) * usualNanos.get() / pool.getCorePoolSize();
    }

    private void took(long nanos) {
        usualNanos.accumulateAndGet(nanos, (old, now) -> old == 0 ? now : old + (now - old) / SMOOTHING);
    }

    private static Problem overloaded(long expectedNanos) {
        return Problem.later(
                "Overloaded",
                "a request would wait some " + Math.max(1, expectedNanos / 1_000_000)
                        + " ms here; try again in a second");
    }

    @Override
    public void close() {
        pool.shutdown();
    }
}
