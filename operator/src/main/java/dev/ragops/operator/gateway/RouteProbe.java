package dev.ragops.operator.gateway;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Asks the gateway pods of every model whether they applied its route: often while one lags, rarely once all do. */
public final class RouteProbe implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RouteProbe.class);
    private static final Duration EAGER = Duration.ofMillis(250);
    private static final Duration CALM = Duration.ofSeconds(15);

    /**
     * What has to be applied and by whom.
     *
     * @param pods gateways that are ready
     * @param generation the one that has to be applied, with these settings
     */
    public record Wanted(
            String namespace,
            String model,
            String uid,
            List<Gateways.Pod> pods,
            long generation,
            Gateways.Settings settings) {
        public Wanted {
            pods = List.copyOf(pods);
        }
    }

    /**
     * What the gateways said.
     *
     * @param generation that was asked for
     * @param gateways pods that are ready
     * @param lagging of them, those that have not applied it as it is wanted
     * @param since when all had applied it, as long as they do
     * @param tokens by pod, of those that answered: which token it shows to runtimes
     */
    public record Applied(
            long generation,
            int gateways,
            List<String> lagging,
            Instant at,
            Optional<Instant> since,
            Map<String, String> tokens) {
        public Applied {
            lagging = List.copyOf(lagging);
            tokens = Map.copyOf(tokens);
        }

        public boolean everywhere() {
            return gateways > 0 && lagging.isEmpty();
        }
    }

    private final Gateways gateways;
    private final Clock clock;
    private final Consumer<String> onNews;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("route-timer").daemon().factory());
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Wanted> followed = new ConcurrentHashMap<>();
    private final Map<String, Applied> latest = new ConcurrentHashMap<>();

    public RouteProbe(Gateways gateways, Clock clock, Consumer<String> onNews) {
        this.gateways = gateways;
        this.clock = clock;
        this.onNews = onNews;
    }

    public void follow(String key, Wanted wanted) {
        if (!wanted.equals(followed.put(key, wanted))) {
            callers.execute(() -> round(key, wanted));
        }
    }

    public void forget(String key) {
        followed.remove(key);
        latest.remove(key);
    }

    public Optional<Applied> latest(String key) {
        return Optional.ofNullable(latest.get(key));
    }

    /** Goes on for as long as this is what is wanted. */
    private void round(String key, Wanted wanted) {
        if (!wanted.equals(followed.get(key)) || timer.isShutdown()) {
            return;
        }
        Duration pause = EAGER;
        try {
            pause = ask(key, wanted) ? CALM : EAGER;
        } catch (RuntimeException e) {
            LOG.debugf(e, "asking the gateways of %s", key);
        }
        timer.schedule(() -> callers.execute(() -> round(key, wanted)), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** @return whether all have applied what is wanted */
    private boolean ask(String key, Wanted wanted) {
        List<String> lagging = new ArrayList<>();
        Map<String, String> tokens = new HashMap<>();
        for (Gateways.Pod pod : wanted.pods()) {
            Optional<Gateways.State> state = state(pod, wanted);
            state.ifPresent(said -> tokens.put(pod.name(), said.token()));
            if (!state.map(said -> hasApplied(said, wanted)).orElse(false)) {
                lagging.add(pod.name());
            }
        }
        if (!wanted.equals(followed.get(key))) {
            return false;
        }
        Instant now = clock.instant();
        Applied before = latest.get(key);
        boolean everywhere = !wanted.pods().isEmpty() && lagging.isEmpty();
        Optional<Instant> since = !everywhere
                ? Optional.empty()
                : Optional.of(
                        before != null && before.generation() == wanted.generation()
                                ? before.since().orElse(now)
                                : now);
        Applied applied = new Applied(wanted.generation(), wanted.pods().size(), lagging, now, since, tokens);
        latest.put(key, applied);
        boolean news = before == null
                || before.generation() != applied.generation()
                || before.everywhere() != applied.everywhere()
                || !before.lagging().equals(applied.lagging())
                || !before.tokens().equals(applied.tokens());
        if (news) {
            onNews.accept(key);
        }
        return everywhere;
    }

    private static boolean hasApplied(Gateways.State said, Wanted wanted) {
        return said.generation() >= wanted.generation() && said.settings().meets(wanted.settings());
    }

    private Optional<Gateways.State> state(Gateways.Pod pod, Wanted wanted) {
        try {
            return Optional.of(gateways.ask(pod, wanted.namespace(), wanted.model(), wanted.uid()));
        } catch (IOException silent) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        callers.shutdownNow();
    }
}
