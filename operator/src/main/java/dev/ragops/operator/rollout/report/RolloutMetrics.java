package dev.ragops.operator.rollout.report;

import dev.ragops.operator.rollout.machine.HistoryEntry;
import dev.ragops.operator.rollout.machine.Split;
import dev.ragops.operator.rollout.machine.State;
import dev.ragops.operator.rollout.machine.Traffic;
import dev.ragops.operator.rollout.plan.Share;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts outcomes and shows where every rollout is, for dashboards and alerts. */
public final class RolloutMetrics {
    private final MeterRegistry registry;
    private final MultiGauge phases;
    private final MultiGauge shares;
    private final Map<String, Shown> shown = new ConcurrentHashMap<>();

    private record Shown(String namespace, String name, String phase, double percent) {}

    public RolloutMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.phases = MultiGauge.builder("ragops.rollout.phase")
                .description("1 for the phase a rollout is in")
                .register(registry);
        this.shares = MultiGauge.builder("ragops.rollout.candidate.percent")
                .description("share of the users that meets the candidate")
                .register(registry);
    }

    public void show(String namespace, String name, State state) {
        Shown next = new Shown(
                namespace,
                name,
                state.phase().getClass().getSimpleName(),
                state.traffic().map(RolloutMetrics::percent).orElse(0.0));
        if (!next.equals(shown.put(namespace + "/" + name, next))) {
            publish();
        }
    }

    public void forget(String namespace, String name) {
        if (shown.remove(namespace + "/" + name) != null) {
            publish();
        }
    }

    public void ended(String namespace, String name, HistoryEntry entry) {
        registry.counter(
                        "ragops.rollout.outcomes",
                        "namespace",
                        namespace,
                        "name",
                        name,
                        "outcome",
                        entry.outcome().wireName())
                .increment();
    }

    private synchronized void publish() {
        phases.register(
                shown.values().stream()
                        .map(s -> MultiGauge.Row.of(tags(s).and("phase", s.phase()), 1))
                        .toList(),
                true);
        shares.register(
                shown.values().stream()
                        .map(s -> MultiGauge.Row.of(tags(s), s.percent()))
                        .toList(),
                true);
    }

    private static Tags tags(Shown shown) {
        return Tags.of("namespace", shown.namespace(), "name", shown.name());
    }

    private static double percent(Traffic traffic) {
        return switch (traffic.split()) {
            case Split.Served served -> served.share().percent().doubleValue();
            case Split.None _, Split.Shadow _, Split.Control _ ->
                Share.NONE.percent().doubleValue();
        };
    }
}
