package dev.ragops.operator.registry;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Asks for every model at its interval, beside the reconciles, and says when an answer differs from the last one, or does not come. */
public final class RegistryPoller implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RegistryPoller.class);

    /** Registries asked at one moment: a thousand models of one server must not fall upon it together. */
    private static final int CONCURRENT = 64;

    /** Longer than the registry, and the Secret before it, may take to answer. */
    private static final Duration ASKING = Duration.ofSeconds(30);

    /**
     * One model's questions, one at a time, so that a late answer never follows a newer one.
     *
     * @param stale whether it was said that the last answer is too old
     */
    private record Followed(Object identity, ScheduledFuture<?> task, AtomicBoolean stale) {}

    /** An answer and when it was given. */
    public record Snapshot(Resolution resolution, Instant at) {
        /** Whether so much time has passed that nobody knows any more: two intervals, and what a question may take. */
        public boolean isStaleAt(Instant now, Duration interval) {
            return at.plus(interval.multipliedBy(2)).plus(ASKING).isBefore(now);
        }
    }

    private final ModelRegistry registry;
    private final Clock clock;
    private final Consumer<String> onNews;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("registry-timer").daemon().factory());
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore slots = new Semaphore(CONCURRENT);
    private final Map<String, Followed> followed = new ConcurrentHashMap<>();
    private final Map<String, Snapshot> latest = new ConcurrentHashMap<>();

    /** @param onNews told the key of a model whose answer changed */
    public RegistryPoller(ModelRegistry registry, Clock clock, Consumer<String> onNews) {
        this.registry = registry;
        this.clock = clock;
        this.onNews = onNews;
    }

    /**
     * Begins to ask, or goes on if the same is asked already.
     *
     * @param identity what the question depends on: another one forgets the old answer
     * @param question made anew for every call, so that rotated credentials count; empty: the model is gone, nobody asks any more
     */
    public void follow(String key, Object identity, Duration interval, Supplier<Optional<Question>> question) {
        followed.compute(key, (k, before) -> {
            if (before != null && before.identity().equals(identity)) {
                return before;
            }
            if (before != null) {
                before.task().cancel(false);
            }
            latest.remove(key);
            long period = interval.toMillis();
            AtomicBoolean asking = new AtomicBoolean();
            AtomicBoolean stale = new AtomicBoolean();
            return new Followed(
                    identity,
                    timer.scheduleAtFixedRate(
                            () -> {
                                if (asking.compareAndSet(false, true)) {
                                    callers.execute(() -> ask(key, identity, asking, question));
                                } else {
                                    overdue(key, interval, stale);
                                }
                            },
                            0,
                            period,
                            TimeUnit.MILLISECONDS),
                    stale);
        });
    }

    public void forget(String key) {
        Followed before = followed.remove(key);
        if (before != null) {
            before.task().cancel(false);
        }
        latest.remove(key);
    }

    public Optional<Snapshot> latest(String key) {
        return Optional.ofNullable(latest.get(key));
    }

    private void ask(String key, Object identity, AtomicBoolean asking, Supplier<Optional<Question>> question) {
        try {
            slots.acquire();
            try {
                Optional<Question> asked = question.get();
                if (asked.isEmpty()) {
                    forget(key);
                    return;
                }
                answered(key, identity, registry.resolve(asked.get()));
            } finally {
                slots.release();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.debugf(e, "asking the registry for %s", key);
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            answered(key, identity, new Resolution.Failed("RegistryQuestion", why, true));
        } finally {
            asking.set(false);
        }
    }

    /** The question before has no answer yet: after a while what was known is told to be old. */
    private void overdue(String key, Duration interval, AtomicBoolean stale) {
        Snapshot known = latest.get(key);
        if (known != null && known.isStaleAt(clock.instant(), interval) && stale.compareAndSet(false, true)) {
            callers.execute(() -> onNews.accept(key));
        }
    }

    private void answered(String key, Object identity, Resolution resolution) {
        // Waits for follow: the first answer may be there before what asked for it is written down, and would be taken
        // for a late one.
        Followed current = followed.computeIfPresent(key, (_, known) -> known);
        if (current == null || !current.identity().equals(identity)) {
            return;
        }
        Snapshot before = latest.put(key, new Snapshot(resolution, clock.instant()));
        boolean wasStale = current.stale().getAndSet(false);
        if (wasStale || before == null || !before.resolution().equals(resolution)) {
            onNews.accept(key);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        callers.shutdownNow();
    }
}
