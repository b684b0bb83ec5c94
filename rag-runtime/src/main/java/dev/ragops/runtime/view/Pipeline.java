package dev.ragops.runtime.view;

import dev.ragops.runtime.store.StoreException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Changes that were begun and not yet applied, oldest first. It reads ahead while the embedding threads are about to run dry: because they are
 * fast, or because another replica is embedding what stands in front.
 */
final class Pipeline {
    private static final int MAX_AHEAD = 8;

    private final EmbeddingPool pool;
    private final Deque<PendingChange> line = new ArrayDeque<>();

    Pipeline(EmbeddingPool pool) {
        this.pool = pool;
    }

    /**
     * Waits for the oldest change.
     *
     * @param source begins one more; empty: there is none now
     * @return empty when nothing is left and there is no more
     */
    Optional<PendingChange> next(Supplier<Optional<PendingChange>> source) throws InterruptedException {
        boolean more = true;
        while (true) {
            while (more && (line.isEmpty() || line.size() < MAX_AHEAD && pool.isHungry())) {
                Optional<PendingChange> begun = begin(source);
                begun.ifPresent(line::add);
                more = begun.isPresent();
            }
            PendingChange oldest = line.peek();
            if (oldest == null) {
                return Optional.empty();
            }
            if (oldest.vectors().isComplete()) {
                return Optional.of(line.remove());
            }
            oldest.vectors().look();
            line.forEach(change -> change.vectors().keepUp());
        }
    }

    /** A store that is lost does not hold up what was read from it before. */
    private Optional<PendingChange> begin(Supplier<Optional<PendingChange>> source) {
        try {
            return source.get();
        } catch (StoreException e) {
            if (line.isEmpty()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    void clear() {
        line.clear();
    }
}
