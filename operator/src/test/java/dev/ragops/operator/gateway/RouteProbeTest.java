package dev.ragops.operator.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RouteProbeTest {
    private final Map<String, Long> generations = new ConcurrentHashMap<>();
    private final Map<String, Gateways.Settings> settings = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> news = new ConcurrentLinkedQueue<>();
    private final RouteProbe probe = new RouteProbe(
            new Gateways() {
                @Override
                public State ask(Pod pod, String namespace, String model, String modelUid) throws IOException {
                    long generation = generations.getOrDefault(pod.name(), 0L);
                    if (generation < 0) {
                        throw new IOException("does not answer");
                    }
                    return new State(
                            generation, settings.getOrDefault(pod.name(), Settings.UNSAID), "id-" + pod.name());
                }
            },
            Clock.systemUTC(),
            news::add);

    @AfterEach
    void close() {
        probe.close();
    }

    private RouteProbe.Wanted wanted(long generation) {
        List<Gateways.Pod> pods = generations.keySet().stream()
                .sorted()
                .map(name -> new Gateways.Pod(name, name))
                .toList();
        return new RouteProbe.Wanted("team", "support", "uid", pods, generation, new Gateways.Settings("3 s"));
    }

    private RouteProbe.Applied latest() {
        return probe.latest("team/support").orElseThrow();
    }

    @Test
    void names_pods_that_lag_or_do_not_answer_until_all_have_applied_the_generation() {
        generations.put("a", 7L);
        generations.put("b", 6L);
        generations.put("c", -1L);
        probe.follow("team/support", wanted(7));
        await().until(() -> probe.latest("team/support").isPresent());
        assertThat(latest().lagging()).containsExactly("b", "c");
        assertThat(latest().tokens()).isEqualTo(Map.of("a", "id-a", "b", "id-b"));
        assertThat(latest().everywhere()).isFalse();

        generations.put("b", 7L);
        generations.put("c", 8L);

        await().until(() -> latest().everywhere());
        assertThat(latest().since()).isPresent();
        assertThat(news).contains("team/support");
    }

    @Test
    void asks_for_a_new_generation_at_once() {
        generations.put("a", 7L);
        probe.follow("team/support", wanted(7));
        await().until(() ->
                probe.latest("team/support").map(RouteProbe.Applied::everywhere).orElse(false));

        generations.put("a", 8L);
        probe.follow("team/support", wanted(8));

        await().until(() -> latest().generation() == 8 && latest().everywhere());
    }

    @Test
    void a_gateway_that_goes_by_other_settings_has_not_applied_the_route() {
        generations.put("a", 7L);
        settings.put("a", new Gateways.Settings("10 s"));
        probe.follow("team/support", wanted(7));
        await().until(() -> probe.latest("team/support").isPresent());
        assertThat(latest().lagging()).containsExactly("a");

        settings.put("a", new Gateways.Settings("3 s"));

        await().until(() -> latest().everywhere());
    }

    @Test
    void without_any_gateway_nothing_is_applied() {
        probe.follow("team/support", wanted(1));
        await().until(() -> probe.latest("team/support").isPresent());

        assertThat(latest().everywhere()).isFalse();
        probe.forget("team/support");
        assertThat(probe.latest("team/support")).isEmpty();
    }
}
