package dev.ragops.runtime.http.serve;

import dev.ragops.runtime.http.contract.Problem;
import dev.ragops.runtime.observe.RuntimeMetrics;
import dev.ragops.runtime.trace.Trace;
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

/**
 * Threads for what would block an event loop, and the place where load is shed: a caller who would wait too long hears so at once, and those who are
 * let in are answered in time.
 */
public final class Workers implements AutoCloseable {
    private final ThreadPoolExecutor pool;
    private final RuntimeMetrics metrics;
    private final Vertx vertx;
    private final Duration longestWait;
    private final ExpectedWait wait;

    /**
     * @param queue bound of what may wait, for memory's sake
     * @param longestWait who would wait longer is sent away, whatever its deadline
     */
    public Workers(Vertx vertx, String name, int threads, int queue, Duration longestWait, RuntimeMetrics metrics) {
        this.vertx = vertx;
        this.longestWait = longestWait;
        this.metrics = metrics;
        this.wait = new ExpectedWait(threads);
        this.pool = new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(queue),
                Thread.ofPlatform().name(name + "-", 0).daemon().factory());
        metrics.waiting(name, () -> pool.getQueue().size());
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
        long expected = wait.nanos(pool.getQueue().size(), pool.getActiveCount());
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
                    wait.took(System.nanoTime() - began);
                }
            });
        } catch (RejectedExecutionException e) {
            metrics.shed.inc();
            promise.fail(overloaded(expected));
        }
        return promise.future();
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
