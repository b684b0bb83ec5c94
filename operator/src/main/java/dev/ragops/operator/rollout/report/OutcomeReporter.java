package dev.ragops.operator.rollout.report;

import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.operator.rollout.machine.HistoryEntry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;

/** Tells the registry how attempts ended, beside the reconcile and until it was heard. */
public final class OutcomeReporter {
    private static final Logger LOG = Logger.getLogger(OutcomeReporter.class);
    private static final Duration TRY_AGAIN = Duration.ofSeconds(30);

    private final VersionTags tags;
    private final Executor executor;
    private final Clock clock;
    private final Map<Attempt, Instant> tried = new ConcurrentHashMap<>();
    private final Set<Attempt> done = ConcurrentHashMap.newKeySet();

    private record Attempt(String rolloutUid, long number) {}

    public OutcomeReporter(VersionTags tags, Executor executor, Clock clock) {
        this.tags = tags;
        this.executor = executor;
        this.clock = clock;
    }

    /** Attempts the registry has heard of through this process. */
    public Set<Long> heard(String rolloutUid, List<HistoryEntry> history) {
        return history.stream()
                .map(HistoryEntry::attempt)
                .filter(n -> done.contains(new Attempt(rolloutUid, n)))
                .collect(java.util.stream.Collectors.toUnmodifiableSet());
    }

    /** @param then called when the registry has heard, so that the status can say so */
    public void report(String rolloutUid, RagModel model, List<HistoryEntry> history, Runnable then) {
        for (HistoryEntry entry : history) {
            Attempt attempt = new Attempt(rolloutUid, entry.attempt());
            if (!entry.reported() && !done.contains(attempt)) {
                OutcomeTag.of(entry).ifPresent(outcome -> tell(attempt, model, entry, outcome, then));
            } else if (entry.reported()) {
                done.remove(attempt);
                tried.remove(attempt);
            }
        }
    }

    private void tell(Attempt attempt, RagModel model, HistoryEntry entry, String outcome, Runnable then) {
        Instant now = clock.instant();
        Instant last = tried.getOrDefault(attempt, Instant.MIN);
        if (last.isAfter(now.minus(TRY_AGAIN))) {
            return;
        }
        tried.put(attempt, now);
        Map<String, String> values = OutcomeTag.tags(
                model.getMetadata().getNamespace(), model.getMetadata().getName(), entry, outcome);
        executor.execute(() -> {
            try {
                tags.write(model, entry.version(), values);
                done.add(attempt);
                then.run();
            } catch (RuntimeException failure) {
                LOG.warnf(
                        "outcome of attempt %d not written to the registry, trying again: %s",
                        entry.attempt(), failure.getMessage());
            }
        });
    }
}
