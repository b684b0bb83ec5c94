package dev.ragops.runtime.view;

import dev.ragops.runtime.search.View;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/** Those who wait until a view shows a certain write. */
final class Waiters {
    private final ConcurrentSkipListMap<Long, CompletableFuture<View>> waiting = new ConcurrentSkipListMap<>();
    private final Supplier<View> current;

    Waiters(Supplier<View> current) {
        this.current = current;
    }

    /** Completes with a view that shows {@code sequence}; stays open until there is one. */
    CompletableFuture<View> reached(long sequence) {
        View view = current.get();
        if (view.sequence() >= sequence) {
            return CompletableFuture.completedFuture(view);
        }
        CompletableFuture<View> future = waiting.computeIfAbsent(sequence, s -> new CompletableFuture<>());
        // The view may have passed by between the look and the entry.
        release();
        return future.copy();
    }

    /** To be called after each new view. */
    void release() {
        View view = current.get();
        Map<Long, CompletableFuture<View>> passed = waiting.headMap(view.sequence(), true);
        passed.forEach((sequence, future) -> future.complete(view));
        passed.keySet().forEach(waiting::remove);
    }
}
