package dev.ragops.e2e.load;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Map;

/**
 * Is one line of the load generator's output: everything so far, and the last second by itself.
 *
 * @param elapsedMillis since the first request
 * @param last whether the run is over and every request answered or failed
 * @param sent requests sent
 * @param done requests that ended, either way
 * @param failed requests whose user got no answer
 * @param fallbacks answers for which stable was asked again
 * @param latency over the whole run
 * @param window since the line before
 * @param versions answers by registered version
 * @param tracks answers by track
 * @param lastFailures reasons of the newest failures
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record LoadReport(
        long elapsedMillis,
        boolean last,
        long sent,
        long done,
        long failed,
        long fallbacks,
        Latency latency,
        Window window,
        Map<String, Long> versions,
        Map<String, Long> tracks,
        List<String> lastFailures) {

    /** Milliseconds from when a request was due to its last byte. */
    public record Latency(double p50, double p95, double p99, double max) {}

    /** One second of it. */
    public record Window(long done, long failed, Latency latency, Map<String, Long> versions) {}

    /** Requests ended each second, over the whole run. */
    public double rate() {
        return elapsedMillis == 0 ? 0 : done * 1000.0 / elapsedMillis;
    }
}
