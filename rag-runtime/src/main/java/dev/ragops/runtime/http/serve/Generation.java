package dev.ragops.runtime.http.serve;

import dev.ragops.runtime.observe.RuntimeMetrics;
import dev.ragops.runtime.trace.Trace;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;

/**
 * Where a generator is waited for: apart from the threads that search, so that a slow one takes none of them. Nobody queues here. A generator batches and queues
 * by itself, and how long one that hangs will take is known only when it is too late: whoever finds no place is told so at once.
 */
final class Generation {
    /** What vLLM works on at a time by default; more would only wait there. Each costs a connection and some ten kilobytes. */
    static final int PLACES = 256;

    private final ThreadFactory threads =
            Thread.ofVirtual().name("generate-", 0).factory();
    private final Semaphore places;

    Generation(int places, RuntimeMetrics metrics) {
        this.places = new Semaphore(places);
        metrics.generating(() -> places - this.places.availablePermits());
    }

    /**
     * Runs {@code work} on a thread of its own, which is interrupted when the caller goes away.
     *
     * @param context of the call, on which the future completes
     * @return empty when there is no place
     */
    <T> Optional<Future<T>> run(Context context, Call call, Supplier<T> work) {
        if (!places.tryAcquire()) {
            return Optional.empty();
        }
        Promise<T> promise = Promise.promise();
        Thread thread = threads.newThread(() -> {
            try (Trace.Lines lines = call.trace().inLog()) {
                T result = work.get();
                context.runOnContext(v -> promise.complete(result));
            } catch (RuntimeException | Error e) {
                context.runOnContext(v -> promise.fail(e));
            } finally {
                places.release();
            }
        });
        thread.start();
        context.runOnContext(v -> call.whenOver(thread::interrupt));
        return Optional.of(promise.future());
    }
}
