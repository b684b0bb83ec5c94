package dev.ragops.gateway.admin;

import dev.ragops.gateway.route.Choice.Track;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import io.prometheus.client.exporter.common.TextFormat;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** What Prometheus reads. Users are counted here; mirrored copies are not. */
public final class GatewayMetrics {
    private final CollectorRegistry registry = new CollectorRegistry();
    private final Counter answers = Counter.build(
                    "ragops_gateway_answers_total", "Answers to retrieval reads as users got them.")
            .labelNames("track", "outcome")
            .register(registry);
    private final Histogram latency = Histogram.build(
                    "ragops_gateway_latency_seconds", "Time of retrieval reads as users had it.")
            .labelNames("track")
            .buckets(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10)
            .register(registry);
    private final Counter fallbacks = Counter.build(
                    "ragops_gateway_fallbacks_total", "Answers for which stable was asked again.")
            .register(registry);
    private final Counter standIns = Counter.build(
                    "ragops_gateway_stand_ins_total", "Answers a candidate gave because stable had no pod.")
            .register(registry);
    private final Counter retries = Counter.build("ragops_gateway_retries_total", "Second tries on another pod.")
            .register(registry);
    private final Counter passed = Counter.build(
                    "ragops_gateway_passed_total", "Requests handed to stable as they came.")
            .labelNames("outcome")
            .register(registry);
    private final Counter ejections = Counter.build(
                    "ragops_gateway_ejections_total", "Times this gateway took a candidate out by itself.")
            .register(registry);
    private final Gauge generation = Gauge.build("ragops_gateway_route_generation", "Generation of the route in force.")
            .register(registry);

    public GatewayMetrics() {
        DefaultExports.register(registry);
    }

    public void answered(Track track, boolean served, boolean fallback, long millis) {
        answers.labels(track.wireName(), served ? "served" : "failed").inc();
        latency.labels(track.wireName()).observe(millis / 1000.0);
        if (fallback) {
            fallbacks.inc();
        }
    }

    public void passed(boolean served) {
        passed.labels(served ? "served" : "failed").inc();
    }

    public void stoodIn() {
        standIns.inc();
    }

    public void retried() {
        retries.inc();
    }

    public void ejected() {
        ejections.inc();
    }

    public void generation(long number) {
        generation.set(number);
    }

    String text() {
        StringWriter text = new StringWriter();
        try {
            TextFormat.write004(text, registry.metricFamilySamples());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
