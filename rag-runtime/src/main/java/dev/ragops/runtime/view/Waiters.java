package dev.ragops.runtime.view;

import dev.ragops.runtime.search.View;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** Those who wait until a view shows a certain write: as many as there is room for, each until it is there or they give up. */
final class Waiters {
    private final NavigableMap<Waiter, CompletableFuture<View>> waiting = new TreeMap<>();
    private final Supplier<View> current;
    private final int most;
    private long arrivals;

    private record Waiter(long sequence, long arrival) implements Comparable<Waiter> {
        private static final Comparator<Waiter> ORDER =
                Comparator.comparingLong(Waiter::sequence).thenComparingLong(Waiter::arrival);

        @Override
        public int compareTo(Waiter other) {
            return ORDER.compare(this, other);
        }
    }

    /** @param most who may wait at a time */
    Waiters(Supplier<View> current, int most) {
        this.current = current;
        this.most = most;
    }

    /**
     * Completes with a view that shows {@code sequence}; stays open until there is one, or until whoever got it completes it otherwise.
     *
     * @return failed with {@link RejectedExecutionException} where too many wait already
     */
    CompletableFuture<View> reached(long sequence) {
        View view = current.get();
        if (view.sequence() >= sequence) {
            return CompletableFuture.completedFuture(view);
        }
        CompletableFuture<View> future = new CompletableFuture<>();
        Waiter waiter;
        synchronized (waiting) {
            if (waiting.size() >= most) {
                return CompletableFuture.failedFuture(
                        new RejectedExecutionException(most + " requests wait for a later view already"));
            }
            waiter = new Waiter(sequence, arrivals++);
            waiting.put(waiter, future);
        }
        future.whenComplete((_, _) -> leave(waiter));
        // The view may have passed by between the look and the entry.
        release();
        return future;
    }

    private void leave(Waiter waiter) {
        synchronized (waiting) {
            waiting.remove(waiter);
        }
    }

    /** To be called after each new view. */
    void release() {
        View view = current.get();
        List<CompletableFuture<View>> passed;
        synchronized (waiting) {
            passed = List.copyOf(waiting.headMap(new Waiter(view.sequence(), Long.MAX_VALUE), true)
                    .values());
        }
        passed.forEach(future -> future.complete(view));
    }
}
