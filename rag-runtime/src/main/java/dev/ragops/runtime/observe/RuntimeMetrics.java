package dev.ragops.runtime.observe;

import dev.ragops.runtime.answer.Answer;
import dev.ragops.runtime.answer.GeneratorListener;
import dev.ragops.runtime.answer.Outcome;
import dev.ragops.runtime.embed.CacheStats;
import dev.ragops.runtime.view.Follower;
import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.Gauge;
import io.prometheus.client.GaugeMetricFamily;
import io.prometheus.client.Histogram;
import io.prometheus.client.exporter.common.TextFormat;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** What this process counts. No query and no document text is ever a label. */
public final class RuntimeMetrics implements GeneratorListener {
    private static final double[] SECONDS = {.001, .002, .005, .01, .02, .05, .1, .2, .3, .5, 1, 2, 5, 10};

    private final CollectorRegistry registry = new CollectorRegistry();
    public final Counter requests = Counter.build(
                    "ragops_runtime_requests_total", "Answered requests by route and status code.")
            .labelNames("route", "code")
            .register(registry);
    public final Histogram seconds = Histogram.build(
                    "ragops_runtime_request_seconds", "Time from a request's last byte to its answer.")
            .labelNames("route")
            .buckets(SECONDS)
            .register(registry);
    public final Histogram embedSeconds = Histogram.build("ragops_runtime_embed_seconds", "Time to embed a question.")
            .buckets(SECONDS)
            .register(registry);
    public final Histogram searchSeconds = Histogram.build("ragops_runtime_search_seconds", "Time to search and fuse.")
            .buckets(SECONDS)
            .register(registry);
    public final Counter shed = Counter.build("ragops_runtime_shed_total", "Requests refused because too many waited.")
            .register(registry);
    private final Counter answers = Counter.build("ragops_runtime_answers_total", "Answers by kind.")
            .labelNames("kind")
            .register(registry);
    private final Counter lowConfidence = Counter.build(
                    "ragops_runtime_low_confidence_total",
                    "Answers whose sources hardly fit, or that hardly rest on them.")
            .register(registry);
    private final Counter degraded = Counter.build(
                    "ragops_runtime_degraded_total", "Answers that a generator did not give, or not to their end.")
            .register(registry);
    private final Histogram groundedness = Histogram.build(
                    "ragops_runtime_groundedness", "Share of a generated answer's sentences that a source supports.")
            .buckets(.1, .25, .5, .75, .9, .999)
            .register(registry);
    private final Counter generatorCalls = Counter.build(
                    "ragops_runtime_generator_calls_total", "Questions put to the generator by how they ended.")
            .labelNames("outcome")
            .register(registry);
    private final Histogram generatorSeconds = Histogram.build(
                    "ragops_runtime_generator_seconds", "Time the generator took, first to last word or failure.")
            .buckets(.1, .25, .5, 1, 2, 5, 10, 20, 60)
            .register(registry);
    public final Counter documents = Counter.build("ragops_runtime_documents_total", "Documents written, by outcome.")
            .labelNames("status")
            .register(registry);
    private final Gauge waiting = Gauge.build("ragops_runtime_waiting", "Requests that wait for a worker, by pool.")
            .labelNames("pool")
            .register(registry);
    private final Gauge generating = Gauge.build("ragops_runtime_generating", "Answers that wait for the generator.")
            .register(registry);

    public RuntimeMetrics(Follower follower, Supplier<CacheStats> queryCache) {
        DefaultExports.register(registry);
        new Collector() {
            @Override
            public List<MetricFamilySamples> collect() {
                var view = follower.current();
                CacheStats cache = queryCache.get();
                return List.of(
                        new GaugeMetricFamily(
                                "ragops_runtime_view_sequence", "Sequence number that queries see.", view.sequence()),
                        new GaugeMetricFamily(
                                "ragops_runtime_store_sequence",
                                "Sequence number of the store when last seen.",
                                follower.head().sequence()),
                        new GaugeMetricFamily(
                                "ragops_runtime_passages",
                                "Passages that can be found.",
                                view.passages().live()),
                        new GaugeMetricFamily(
                                "ragops_runtime_index_rows",
                                "Vectors held, those of removed passages included until they are cleared away.",
                                view.dense().size()),
                        new GaugeMetricFamily(
                                        "ragops_runtime_index_bytes",
                                        "Heap held by vectors (with their graph) and by words.",
                                        List.of("part"))
                                .addMetric(List.of("vectors"), view.dense().memoryBytes())
                                .addMetric(List.of("words"), view.lexical().memoryBytes()),
                        new CounterMetricFamily(
                                "ragops_runtime_query_cache_hits_total",
                                "Questions whose vector was known.",
                                cache.hits()),
                        new CounterMetricFamily(
                                "ragops_runtime_query_cache_misses_total",
                                "Questions that had to be embedded.",
                                cache.misses()),
                        new GaugeMetricFamily(
                                "ragops_runtime_query_cache_entries",
                                "Questions whose vectors are kept.",
                                cache.entries()),
                        new GaugeMetricFamily("ragops_runtime_ready", "1 once ready.", follower.isReady() ? 1 : 0));
            }
        }.register(registry);
    }

    /** @param now how many wait for a worker of the pool, asked when somebody scrapes */
    public void waiting(String pool, IntSupplier now) {
        waiting.setChild(read(now), pool);
    }

    /** @param now how many answers wait for the generator, asked when somebody scrapes */
    public void generating(IntSupplier now) {
        generating.setChild(read(now));
    }

    private static Gauge.Child read(IntSupplier now) {
        return new Gauge.Child() {
            @Override
            public double get() {
                return now.getAsInt();
            }
        };
    }

    /** One answer that a user got. */
    public void answered(Answer answer) {
        answers.labels(answer.kind().name().toLowerCase(Locale.ROOT)).inc();
        lowConfidence.inc(answer.lowConfidence() ? 1 : 0);
        degraded.inc(answer.degraded() ? 1 : 0);
        if (answer.kind() == Answer.Kind.GENERATED) {
            groundedness.observe(answer.groundedness());
        }
    }

    @Override
    public void ended(Outcome outcome, Duration took) {
        generatorCalls.labels(outcome.name().toLowerCase(Locale.ROOT)).inc();
        if (outcome.asked()) {
            generatorSeconds.observe(took.toNanos() / 1e9);
        }
    }

    /** @return the text for the content type that the scraper accepts */
    public String render(String contentType) {
        StringWriter out = new StringWriter();
        try {
            TextFormat.writeFormat(contentType, out, registry.metricFamilySamples());
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot fail", e);
        }
        return out.toString();
    }
}
