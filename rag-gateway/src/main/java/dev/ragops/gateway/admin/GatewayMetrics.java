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
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** What Prometheus reads; docs/gateway.md lists it. Users are counted here; mirrored copies only as copies. */
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
    private final Counter refused = Counter.build(
                    "ragops_gateway_refused_total", "Requests refused because too many were under way.")
            .register(registry);
    private final Counter mirrors = Counter.build(
                    "ragops_gateway_mirrors_total", "Copies by what became of them; a compared one was answered first.")
            .labelNames("outcome")
            .register(registry);
    private final Counter ejections = Counter.build(
                    "ragops_gateway_ejections_total", "Times this gateway took a candidate out by itself.")
            .register(registry);
    private final Gauge ejected =
            Gauge.build("ragops_gateway_ejected", "1 while a candidate is out.").register(registry);
    private final Gauge generation = Gauge.build("ragops_gateway_route_generation", "Generation of the route in force.")
            .register(registry);
    private final Gauge pods = Gauge.build("ragops_gateway_pods", "Pods known of each revision's Service.")
            .labelNames("service")
            .register(registry);
    private final Gauge connections =
            Gauge.build("ragops_gateway_connections", "Clients connected.").register(registry);
    private final Gauge underWay = Gauge.build("ragops_gateway_requests_under_way", "Requests not yet answered.")
            .register(registry);
    private final Gauge kept = Gauge.build("ragops_gateway_kept_bytes", "Bytes of questions and answers kept.")
            .register(registry);
    private final Map<Track, OfTrack> tracks = new EnumMap<>(Track.class);

    /** Looked up once: this is on the way of every answer. */
    private record OfTrack(Counter.Child served, Counter.Child failed, Histogram.Child latency) {}

    public GatewayMetrics() {
        DefaultExports.register(registry);
        for (Track track : Track.values()) {
            tracks.put(
                    track,
                    new OfTrack(
                            answers.labels(track.wireName(), "served"),
                            answers.labels(track.wireName(), "failed"),
                            latency.labels(track.wireName())));
        }
    }

    public void answered(Track track, boolean served, boolean fallback, double seconds) {
        OfTrack one = Objects.requireNonNull(tracks.get(track));
        (served ? one.served() : one.failed()).inc();
        one.latency().observe(seconds);
        if (fallback) {
            fallbacks.inc();
        }
    }

    public void passed(boolean served) {
        passed.labels(served ? "served" : "failed").inc();
    }

    public void refused() {
        refused.inc();
    }

    public void stoodIn() {
        standIns.inc();
    }

    public void retried() {
        retries.inc();
    }

    /** @param outcome answered, compared or shed */
    public void mirrored(String outcome) {
        mirrors.labels(outcome).inc();
    }

    public void ejected() {
        ejections.inc();
    }

    public void generation(long number) {
        generation.set(number);
    }

    public void load(int connectionCount, int requestCount, long keptBytes) {
        connections.set(connectionCount);
        underWay.set(requestCount);
        kept.set(keptBytes);
    }

    void ejected(boolean isOut) {
        ejected.set(isOut ? 1 : 0);
    }

    void pods(Map<String, Integer> counts) {
        pods.clear();
        counts.forEach((service, count) -> pods.labels(service).set(count));
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
