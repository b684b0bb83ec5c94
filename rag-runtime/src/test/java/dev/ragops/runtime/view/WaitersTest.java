package dev.ragops.runtime.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragops.runtime.search.Indexer;
import dev.ragops.runtime.search.RetrievalConfig;
import dev.ragops.runtime.search.View;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who waits for a view, and how they leave. */
class WaitersTest {
    private final Indexer indexer = new Indexer("fingerprint", 4, RetrievalConfig.IndexKind.EXACT, Runnable::run);
    private final AtomicReference<View> current = new AtomicReference<>(indexer.current());
    private final Waiters waiters = new Waiters(current::get, 2);

    @AfterEach
    void close() {
        indexer.close();
    }

    private void show(long sequence) {
        View view = indexer.current();
        current.set(new View(sequence, view.fingerprint(), view.passages(), view.dense(), view.lexical()));
        waiters.release();
    }

    @Test
    void each_gets_the_first_view_that_shows_its_write() {
        CompletableFuture<View> five = waiters.reached(5);
        CompletableFuture<View> six = waiters.reached(6);

        show(5);

        assertThat(five.join().sequence()).isEqualTo(5);
        assertThat(six).isNotDone();
        show(9);
        assertThat(six.join().sequence()).isEqualTo(9);
        assertThat(waiters.reached(9).join().sequence()).isEqualTo(9);
    }

    @Test
    void one_too_many_hears_so_at_once_and_disturbs_nobody() {
        CompletableFuture<View> first = waiters.reached(5);
        CompletableFuture<View> second = waiters.reached(5);

        CompletableFuture<View> third = waiters.reached(5);

        assertThat(third).isCompletedExceptionally();
        assertThatThrownBy(third::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("2 requests wait for a later view already");
        show(5);
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(waiters.reached(6)).as("those who were served have left").isNotDone();
    }

    @Test
    void one_who_gives_up_leaves_nothing_behind() {
        CompletableFuture<View> patient = waiters.reached(5);
        for (int i = 0; i < 10; i++) {
            CompletableFuture<View> hurried = waiters.reached(5 + i);
            assertThat(hurried).as("place %d", i).isNotDone();
            hurried.completeExceptionally(new TimeoutException());
        }

        assertThat(patient).isNotDone();
        assertThat(waiters.reached(99)).isNotDone();
    }
}
