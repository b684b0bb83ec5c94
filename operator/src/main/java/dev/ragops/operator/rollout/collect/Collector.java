package dev.ragops.operator.rollout.collect;

import dev.ragops.operator.rollout.evidence.Evidence;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks for evidence once an interval for every rollout that is on its way, and tells when there is something new to decide on. */
public final class Collector implements AutoCloseable {
    /** Rollouts asked at the same time; each asks its gateways in turn with short time-outs. */
    private static final int CONCURRENT = 16;

    private final EvidenceSource evidence;
    private final MetricSource metrics;
    private final Clock clock;
    private final Consumer<Key> news;
    private final Map<Key, Watch> watches = new ConcurrentHashMap<>();
    private final Semaphore slots = new Semaphore(CONCURRENT);
    private final ScheduledExecutorService timer;
    private final ExecutorService workers;

    /** Which rollout. */
    public record Key(String namespace, String name) {}

    /**
     * The latest answer to a Prometheus check.
     *
     * @param problem why there is no value, or empty
     */
    public record Reading(OptionalDouble value, String problem, Instant at) {}

    /** What was collected last. */
    public record Collected(Optional<Evidence> evidence, Map<String, Reading> readings) {
        public static final Collected NOTHING = new Collected(Optional.empty(), Map.of());

        public Collected {
            readings = Map.copyOf(readings);
        }
    }

    public Collector(EvidenceSource evidence, MetricSource metrics, Clock clock, Consumer<Key> news) {
        this.evidence = evidence;
        this.metrics = metrics;
        this.clock = clock;
        this.news = news;
        this.timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("evidence-timer").factory());
        this.workers = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("evidence-", 0).factory());
    }

    /** From now on collects this for the rollout; the same subject again changes nothing. */
    public void follow(Subject subject) {
        Key key = new Key(subject.namespace(), subject.rollout());
        watches.compute(key, (_, watch) -> watch == null ? begin(key, subject) : watch.over(subject));
    }

    public void forget(Key key) {
        Watch watch = watches.remove(key);
        if (watch != null) {
            watch.stopped.set(true);
        }
    }

    public Collected latest(Key key) {
        @Nullable Watch watch = watches.get(key);
        return watch == null ? Collected.NOTHING : watch.collected();
    }

    private Watch begin(Key key, Subject subject) {
        Watch watch = new Watch(key, subject);
        schedule(watch, Duration.ZERO);
        return watch;
    }

    private void schedule(Watch watch, Duration delay) {
        try {
            var unused =
                    timer.schedule(() -> workers.execute(() -> look(watch)), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException _) {
            // The operator stops.
        }
    }

    private void look(Watch watch) {
        if (watch.stopped.get()) {
            return;
        }
        Instant began = clock.instant();
        try {
            slots.acquire();
            try {
                watch.look();
            } finally {
                slots.release();
            }
            news.accept(watch.key);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return;
        } finally {
            Duration left = watch.interval().minus(Duration.between(began, clock.instant()));
            schedule(watch, left.compareTo(Duration.ofMillis(100)) < 0 ? Duration.ofMillis(100) : left);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        workers.shutdownNow();
    }

    /** One rollout being followed. */
    private final class Watch {
        private final Key key;
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final AtomicReference<Held> held;
        private final AtomicBoolean asking = new AtomicBoolean();

        /** What is followed and what is known of it change together, or a late answer would count for another generation. */
        private record Held(Subject subject, Ledger ledger, Map<String, Reading> readings) {}

        Watch(Key key, Subject subject) {
            this.key = key;
            this.held = new AtomicReference<>(new Held(subject, Ledger.of(subject.generation()), Map.of()));
        }

        Watch over(Subject subject) {
            held.updateAndGet(h -> h.subject().isSameWatchAs(subject)
                    ? new Held(subject, h.ledger(), h.readings())
                    : new Held(subject, Ledger.of(subject.generation()), Map.of()));
            return this;
        }

        Duration interval() {
            return held.get().subject().interval();
        }

        Collected collected() {
            Held now = held.get();
            return new Collected(now.ledger().evidence(), now.readings());
        }

        void look() {
            Subject subject = held.get().subject();
            ask(subject);
            List<GatewayAnswer> answers = answers(subject);
            Instant now = clock.instant();
            held.updateAndGet(h -> h.subject().isSameWatchAs(subject)
                    ? new Held(
                            h.subject(),
                            h.ledger()
                                    .with(
                                            answers,
                                            h.subject().seed(),
                                            h.subject().held(),
                                            now),
                            h.readings())
                    : h);
        }

        /** Beside the gateways and one round at a time: a Prometheus that hangs must not keep a breach from being seen. */
        private void ask(Subject subject) {
            if (subject.prometheus().isEmpty() || !asking.compareAndSet(false, true)) {
                return;
            }
            workers.execute(() -> {
                try {
                    Map<String, Reading> readings = readings(subject);
                    held.updateAndGet(
                            h -> h.subject().isSameWatchAs(subject) ? new Held(h.subject(), h.ledger(), readings) : h);
                    news.accept(key);
                } finally {
                    asking.set(false);
                }
            });
        }

        private List<GatewayAnswer> answers(Subject subject) {
            try {
                return evidence.ask(subject);
            } catch (RuntimeException _) {
                // No answer leaves the evidence as old as it is; after two intervals that is no data, and the rollout
                // says so.
                return List.of();
            }
        }

        private Map<String, Reading> readings(Subject subject) {
            Map<String, Reading> readings = new LinkedHashMap<>();
            subject.prometheus().ifPresent(prometheus -> {
                for (Subject.Check check : prometheus.checks()) {
                    readings.put(check.name(), reading(subject, prometheus, check));
                }
            });
            return readings;
        }

        private Reading reading(Subject subject, Subject.Prometheus prometheus, Subject.Check check) {
            try {
                OptionalDouble value = metrics.query(subject, prometheus, check.query());
                return new Reading(value, value.isEmpty() ? "the query has no value" : "", clock.instant());
            } catch (RuntimeException failure) {
                String why = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
                return new Reading(OptionalDouble.empty(), why, clock.instant());
            }
        }
    }
}
