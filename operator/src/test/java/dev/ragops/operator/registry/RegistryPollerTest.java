package dev.ragops.operator.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegistryPollerTest {
    private static final String KEY = "team/support";
    private static final Duration INTERVAL = Duration.ofMillis(20);
    private static final Resolution FOUND = new Resolution.Found("1", "run", "d", Map.of());

    private final List<String> news = new CopyOnWriteArrayList<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private volatile boolean hangs;
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);

    private final RegistryPoller poller = new RegistryPoller(this::resolve, clock, news::add);

    @AfterEach
    void close() {
        goOn.countDown();
        poller.close();
    }

    private Resolution resolve(Question question) {
        if (hangs) {
            asked.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return FOUND;
    }

    private void follow() {
        Question question = new Question("http://mlflow", "m", Optional.of("a"), Optional.empty(), Map.of());
        poller.follow(KEY, "same", INTERVAL, () -> Optional.of(question));
    }

    private boolean isStale() {
        return poller.latest(KEY).orElseThrow().isStaleAt(now, INTERVAL);
    }

    @Test
    void an_answer_that_does_not_come_any_more_is_news_once_and_so_is_the_one_that_comes() throws Exception {
        follow();
        await().until(() -> news.size() == 1);
        hangs = true;
        asked.await();
        assertThat(isStale()).isFalse();

        now = now.plusSeconds(31);

        await().until(() -> news.size() == 2);
        assertThat(isStale()).isTrue();
        assertThat(poller.latest(KEY).orElseThrow().resolution())
                .as("what was known stays known")
                .isEqualTo(FOUND);

        hangs = false;
        goOn.countDown();

        await().until(() -> news.size() == 3);
        assertThat(isStale()).isFalse();
    }

    @Test
    void the_first_answer_to_another_question_is_never_taken_for_a_late_one() {
        Question question = new Question("http://mlflow", "m", Optional.of("a"), Optional.empty(), Map.of());
        for (int i = 0; i < 300; i++) {
            poller.follow(KEY, i, Duration.ofHours(1), () -> Optional.of(question));
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> poller.latest(KEY).isPresent());
        }
    }

    @Test
    void the_same_answer_again_is_no_news() {
        follow();
        await().until(() -> news.size() == 1);
        Instant first = poller.latest(KEY).orElseThrow().at();
        now = now.plusSeconds(5);

        await().until(() -> poller.latest(KEY).orElseThrow().at().isAfter(first));

        assertThat(news).hasSize(1);
        poller.forget(KEY);
        assertThat(poller.latest(KEY)).isEmpty();
    }
}
