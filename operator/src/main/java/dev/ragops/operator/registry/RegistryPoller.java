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
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Asks for every model at its interval, beside the reconciles, and says when an answer differs from the last one. */
public final class RegistryPoller implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RegistryPoller.class);

    /** @param key namespace/name of the RagModel */
    private record Followed(Object identity, ScheduledFuture<?> task) {}

    /** An answer and when it was given. */
    public record Snapshot(Resolution resolution, Instant at) {}

    private final ModelRegistry registry;
    private final Clock clock;
    private final Consumer<String> onNews;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("registry-timer").daemon().factory());
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
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
     * @param question made anew for every call, so that rotated credentials count
     */
    public void follow(String key, Object identity, Duration interval, Supplier<Question> question) {
        followed.compute(key, (k, before) -> {
            if (before != null && before.identity().equals(identity)) {
                return before;
            }
            if (before != null) {
                before.task().cancel(false);
            }
            latest.remove(key);
            // Spread a little, so that a thousand models do not ask in one moment.
            long period = interval.toMillis();
            return new Followed(
                    identity,
                    timer.scheduleWithFixedDelay(
                            () -> callers.execute(() -> ask(key, identity, question)),
                            0,
                            period,
                            TimeUnit.MILLISECONDS));
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

    private void ask(String key, Object identity, Supplier<Question> question) {
        Resolution resolution;
        try {
            resolution = registry.resolve(question.get());
        } catch (RuntimeException e) {
            LOG.debugf(e, "asking the registry for %s", key);
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            resolution = new Resolution.Failed("RegistryQuestion", why, true);
        }
        Followed current = followed.get(key);
        if (current == null || !current.identity().equals(identity)) {
            return;
        }
        Snapshot before = latest.put(key, new Snapshot(resolution, clock.instant()));
        if (before == null || !before.resolution().equals(resolution)) {
            onNews.accept(key);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        callers.shutdownNow();
    }
}
