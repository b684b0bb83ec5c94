package dev.ragops.operator.model;

import dev.ragops.api.v1alpha1.RagModelStatus;
import dev.ragops.operator.registry.Resolution;
import io.fabric8.kubernetes.api.model.Condition;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Shows how every model stands and what registries answer, for dashboards and alerts. */
final class ModelMetrics {
    private final MeterRegistry registry;
    private final MultiGauge conditions;
    private final MultiGauge replicas;
    private final Map<String, Shown> shown = new ConcurrentHashMap<>();

    /** @param holding by type of condition, whether it is True */
    private record Shown(String namespace, String name, Map<String, Boolean> holding, int ready) {
        Tags tags() {
            return Tags.of("namespace", namespace, "name", name);
        }
    }

    ModelMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.conditions = MultiGauge.builder("ragops.model.condition")
                .description("1 where the condition is True")
                .register(registry);
        this.replicas = MultiGauge.builder("ragops.model.ready.replicas")
                .description("ready pods of stable")
                .register(registry);
    }

    void show(String namespace, String name, RagModelStatus status) {
        Map<String, Boolean> holding = new TreeMap<>();
        for (Condition condition : status.conditions()) {
            holding.put(condition.getType(), condition.getStatus().equals("True"));
        }
        Shown next = new Shown(namespace, name, holding, Objects.requireNonNullElse(status.replicas(), 0));
        if (!next.equals(shown.put(namespace + "/" + name, next))) {
            publish();
        }
    }

    void forget(String key) {
        if (shown.remove(key) != null) {
            publish();
        }
    }

    void answered(Resolution resolution) {
        String reason = switch (resolution) {
            case Resolution.Found _ -> "VersionFound";
            case Resolution.Failed failed -> failed.reason();
        };
        registry.counter("ragops.registry.answers", "reason", reason).increment();
    }

    private synchronized void publish() {
        conditions.register(
                shown.values().stream()
                        .flatMap(s -> s.holding().entrySet().stream()
                                .map(c -> MultiGauge.Row.of(s.tags().and("type", c.getKey()), c.getValue() ? 1 : 0)))
                        .toList(),
                true);
        replicas.register(
                shown.values().stream()
                        .map(s -> MultiGauge.Row.of(s.tags(), s.ready()))
                        .toList(),
                true);
    }
}
