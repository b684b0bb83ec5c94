package dev.ragops.operator.rollout.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ragops.operator.rollout.collect.Collector.Key;
import dev.ragops.operator.rollout.collect.Subject.Check;
import dev.ragops.operator.rollout.collect.Subject.Prometheus;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CollectorTest {
    private static final Key KEY = new Key("default", "support");

    private final AtomicLong counted = new AtomicLong();
    private final AtomicLong asked = new AtomicLong();
    private final AtomicInteger told = new AtomicInteger();
    private volatile boolean down;
    private final Semaphore hang = new Semaphore(1);
    private final Collector collector = new Collector(
            subject -> {
                asked.set(subject.generation());
                if (down) {
                    throw new IllegalStateException("no gateway");
                }
                return List.of(new GatewayAnswer.Counted(
                        "gw", "p", LedgerTest.candidate(counted.addAndGet(10), 0), Optional.empty()));
            },
            (_, _, query) -> switch (query) {
                case "good" -> {
                    hang.acquireUninterruptibly();
                    hang.release();
                    yield OptionalDouble.of(1.5);
                }
                case "empty" -> OptionalDouble.empty();
                default -> throw new IllegalStateException("connection refused");
            },
            Clock.systemUTC(),
            _ -> told.incrementAndGet());

    @AfterEach
    void stop() {
        collector.close();
    }

    private static Subject subject(long generation) {
        return new Subject(
                "default",
                "support",
                "support",
                "uid",
                generation,
                Duration.ofMillis(100),
                Optional.empty(),
                false,
                Optional.of(new Prometheus(
                        "http://prometheus",
                        Optional.empty(),
                        List.of(new Check("a", "good"), new Check("b", "empty"), new Check("c", "broken")))));
    }

    @Test
    void asks_every_interval_and_tells() {
        collector.follow(subject(1));
        await().until(() -> told.get() >= 3
                && collector
                                .latest(KEY)
                                .evidence()
                                .orElseThrow()
                                .tally()
                                .candidate()
                                .total()
                        >= 30);
    }

    @Test
    void hears_the_gateways_while_prometheus_hangs() throws InterruptedException {
        hang.acquire();
        collector.follow(subject(1));
        await().until(() -> counted.get() >= 40
                && collector.latest(KEY).evidence().isPresent()
                && collector.latest(KEY).readings().isEmpty());
        hang.release();
        await().until(() -> collector.latest(KEY).readings().size() == 3);
    }

    @Test
    void says_what_each_check_answered() {
        collector.follow(subject(1));
        await().until(() -> collector.latest(KEY).readings().size() == 3);
        var readings = collector.latest(KEY).readings();
        assertThat(readings.get("a")).satisfies(r -> assertThat(r.value()).hasValue(1.5));
        assertThat(readings.get("b")).satisfies(r -> assertThat(r.problem()).contains("no value"));
        assertThat(readings.get("c")).satisfies(r -> assertThat(r.problem()).contains("connection refused"));
    }

    @Test
    void forgets_the_counts_of_another_generation() {
        collector.follow(subject(1));
        await().until(() -> collector.latest(KEY).evidence().isPresent());
        collector.follow(subject(2));
        await().until(() -> asked.get() == 2
                && collector
                        .latest(KEY)
                        .evidence()
                        .filter(e -> e.generation() == 2)
                        .isPresent());
    }

    @Test
    void goes_on_asking_while_nobody_answers() {
        collector.follow(subject(1));
        await().until(() -> collector.latest(KEY).evidence().isPresent());
        down = true;
        int before = told.get();
        await().until(() -> told.get() >= before + 3);
        down = false;
        long had = counted.get();
        await().until(() -> counted.get() > had);
    }

    @Test
    void stops_when_it_is_told_to() {
        collector.follow(subject(1));
        await().until(() -> told.get() > 0);
        collector.forget(KEY);
        assertThat(collector.latest(KEY)).isEqualTo(Collector.Collected.NOTHING);
        int before = told.get();
        await().during(Duration.ofMillis(400)).atMost(Duration.ofSeconds(5)).until(() -> told.get() <= before + 1);
    }
}
