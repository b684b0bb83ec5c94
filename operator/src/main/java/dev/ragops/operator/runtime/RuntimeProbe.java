package dev.ragops.operator.runtime;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Asks the runtime pods of every model what they run and how far they are: often while one indexes or a rollout compares them, rarely else. */
public final class RuntimeProbe implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RuntimeProbe.class);

    private final Runtimes runtimes;
    private final Clock clock;
    private final Consumer<String> onNews;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("runtime-timer").daemon().factory());
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Wanted> followed = new ConcurrentHashMap<>();
    private final Map<String, Reports> latest = new ConcurrentHashMap<>();

    /** @param address of the pod */
    public record Pod(String name, String address) {}

    /** Which pods, and how often. */
    private record Wanted(List<Pod> pods, Duration interval) {}

    /** What the pods that answered said, by name, and when. */
    public record Reports(Map<String, Health> byPod, Instant at) {
        public static final Reports NONE = new Reports(Map.of(), Instant.EPOCH);

        public Reports {
            byPod = java.util.Collections.unmodifiableMap(new TreeMap<>(byPod));
        }
    }

    public RuntimeProbe(Runtimes runtimes, Clock clock, Consumer<String> onNews) {
        this.runtimes = runtimes;
        this.clock = clock;
        this.onNews = onNews;
    }

    public void follow(String key, List<Pod> pods, Duration interval) {
        Wanted wanted = new Wanted(List.copyOf(pods), interval);
        if (pods.isEmpty()) {
            forget(key);
        } else if (!wanted.equals(followed.put(key, wanted))) {
            callers.execute(() -> round(key, wanted));
        }
    }

    public void forget(String key) {
        followed.remove(key);
        latest.remove(key);
    }

    public Reports latest(String key) {
        return latest.getOrDefault(key, Reports.NONE);
    }

    /** Goes on for as long as this is what is wanted. */
    private void round(String key, Wanted wanted) {
        if (!wanted.equals(followed.get(key))) {
            return;
        }
        Map<String, Health> said = new TreeMap<>();
        for (Pod pod : wanted.pods()) {
            try {
                said.put(pod.name(), runtimes.ask(pod.address()));
            } catch (IOException silent) {
                // Not up yet, or gone: the Deployment's own counts say which.
                LOG.debugf("%s does not say how it is: %s", pod.name(), silent.getMessage());
            }
        }
        if (!wanted.equals(followed.get(key))) {
            return;
        }
        Reports before = latest.put(key, new Reports(said, clock.instant()));
        if (before == null || !before.byPod().equals(said)) {
            onNews.accept(key);
        }
        try {
            timer.schedule(
                    () -> callers.execute(() -> round(key, wanted)),
                    wanted.interval().toMillis(),
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            // The operator stops.
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        callers.shutdownNow();
    }
}
