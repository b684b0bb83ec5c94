package dev.ragops.runtime.http;

import dev.ragops.runtime.observe.RuntimeMetrics;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for what would block an event loop, and the place where load is shed: when more wait than can be answered soon, a caller hears so at
 * once instead of waiting for nothing.
 */
final class Workers implements AutoCloseable {
    private final ThreadPoolExecutor pool;
    private final RuntimeMetrics metrics;
    private final Vertx vertx;

    Workers(Vertx vertx, String name, int threads, int queue, RuntimeMetrics metrics) {
        this.vertx = vertx;
        this.metrics = metrics;
        this.pool = new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(queue),
                Thread.ofPlatform().name(name + "-", 0).daemon().factory());
    }

    <T> Future<T> run(Callable<T> work) {
        Context context = vertx.getOrCreateContext();
        Promise<T> promise = Promise.promise();
        try {
            pool.execute(() -> {
                try {
                    T result = work.call();
                    context.runOnContext(v -> promise.complete(result));
                } catch (Exception | Error e) {
                    context.runOnContext(v -> promise.fail(e));
                }
            });
            metrics.waiting.set(pool.getQueue().size());
        } catch (RejectedExecutionException e) {
            metrics.shed.inc();
            promise.fail(Problem.later("Overloaded", "too many requests wait; try again in a second"));
        }
        return promise.future();
    }

    @Override
    public void close() {
        pool.shutdown();
    }
}
