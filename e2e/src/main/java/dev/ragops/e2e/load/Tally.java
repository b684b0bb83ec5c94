package dev.ragops.e2e.load;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Keeps every outcome of a run, because a percentile of percentiles is a lie and one failed request must not get lost. */
final class Tally {
    private static final int FAILURES_KEPT = 5;

    private final Latencies all = new Latencies();
    private final Map<String, Long> versions = new TreeMap<>();
    private final Map<String, Long> tracks = new TreeMap<>();
    private final Deque<String> lastFailures = new ArrayDeque<>();
    private Latencies window = new Latencies();
    private Map<String, Long> windowVersions = new TreeMap<>();
    private long windowFailed;
    private long sent;
    private long failed;
    private long fallbacks;

    synchronized void sent() {
        sent++;
    }

    synchronized void add(Outcome outcome) {
        all.add(outcome.latencyMicros());
        window.add(outcome.latencyMicros());
        switch (outcome) {
            case Outcome.Answered answered -> {
                versions.merge(answered.version(), 1L, Long::sum);
                windowVersions.merge(answered.version(), 1L, Long::sum);
                tracks.merge(answered.track(), 1L, Long::sum);
                if (answered.fallback()) {
                    fallbacks++;
                }
            }
            case Outcome.Failed(long _, String reason) -> {
                failed++;
                windowFailed++;
                if (lastFailures.size() == FAILURES_KEPT) {
                    lastFailures.removeFirst();
                }
                lastFailures.addLast(reason);
            }
        }
    }

    /** What was seen so far; starts a new window. */
    synchronized LoadReport report(long elapsedMillis, boolean last) {
        LoadReport report = new LoadReport(
                elapsedMillis,
                last,
                sent,
                all.size(),
                failed,
                fallbacks,
                all.summary(),
                new LoadReport.Window(window.size(), windowFailed, window.summary(), Map.copyOf(windowVersions)),
                Map.copyOf(versions),
                Map.copyOf(tracks),
                List.copyOf(lastFailures));
        window = new Latencies();
        windowVersions = new TreeMap<>();
        windowFailed = 0;
        return report;
    }

    /** Microseconds in a flat array: 60 a second for an hour are 864 KB. */
    private static final class Latencies {
        private int[] micros = new int[1024];
        private int size;

        void add(long latencyMicros) {
            if (size == micros.length) {
                micros = Arrays.copyOf(micros, size * 2);
            }
            micros[size++] = (int) Math.min(latencyMicros, Integer.MAX_VALUE);
        }

        int size() {
            return size;
        }

        LoadReport.Latency summary() {
            int[] sorted = Arrays.copyOf(micros, size);
            Arrays.sort(sorted);
            List<Double> at = new ArrayList<>();
            for (double share : new double[] {0.50, 0.95, 0.99, 1.0}) {
                int index = Math.max(0, (int) Math.ceil(share * size) - 1);
                at.add(size == 0 ? 0.0 : sorted[index] / 1000.0);
            }
            return new LoadReport.Latency(at.get(0), at.get(1), at.get(2), at.get(3));
        }
    }
}
