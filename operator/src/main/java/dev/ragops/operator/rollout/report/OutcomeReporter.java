package dev.ragops.operator.rollout.report;

import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.operator.Durations;
import dev.ragops.operator.rollout.machine.HistoryEntry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Tells the registry how attempts ended, beside the reconcile and until it was heard. */
public final class OutcomeReporter {
    private static final Logger LOG = Logger.getLogger(OutcomeReporter.class);
    private static final Duration TRY_AGAIN = Duration.ofSeconds(5);
    private static final Duration TRY_AGAIN_AT_MOST = Duration.ofMinutes(5);

    private final VersionTags tags;
    private final Executor executor;
    private final Clock clock;
    private final BiConsumer<Duration, Runnable> later;
    private final Map<Attempt, Trouble> troubles = new ConcurrentHashMap<>();
    private final Set<Attempt> underWay = ConcurrentHashMap.newKeySet();
    private final Set<Attempt> done = ConcurrentHashMap.newKeySet();

    private record Attempt(String rolloutUid, long number) {}

    /** @param pause between the last failure and the next try */
    private record Trouble(Instant nextTry, Duration pause) {}

    /** @param later runs something after a time */
    public OutcomeReporter(VersionTags tags, Executor executor, Clock clock, BiConsumer<Duration, Runnable> later) {
        this.tags = tags;
        this.executor = executor;
        this.clock = clock;
        this.later = later;
    }

    /** Attempts the registry has heard of through this process. */
    public Set<Long> heard(String rolloutUid, List<HistoryEntry> history) {
        return history.stream()
                .map(HistoryEntry::attempt)
                .filter(n -> done.contains(new Attempt(rolloutUid, n)))
                .collect(java.util.stream.Collectors.toUnmodifiableSet());
    }

    /** @param again called when the registry has heard, so that the status can say so, and when it is time for the next try: reports once more */
    public void report(String rolloutUid, RagModel model, List<HistoryEntry> history, Runnable again) {
        for (HistoryEntry entry : history) {
            Attempt attempt = new Attempt(rolloutUid, entry.attempt());
            if (!entry.reported() && !done.contains(attempt)) {
                OutcomeTag.of(entry).ifPresent(outcome -> tell(attempt, model, entry, outcome, again));
            } else if (entry.reported()) {
                done.remove(attempt);
                troubles.remove(attempt);
            }
        }
    }

    private void tell(Attempt attempt, RagModel model, HistoryEntry entry, String outcome, Runnable again) {
        Trouble trouble = troubles.get(attempt);
        if ((trouble != null && trouble.nextTry().isAfter(clock.instant())) || !underWay.add(attempt)) {
            return;
        }
        Map<String, String> values = OutcomeTag.tags(
                model.getMetadata().getNamespace(), model.getMetadata().getName(), entry, outcome);
        executor.execute(() -> {
            try {
                tags.write(model, entry.version(), values);
                done.add(attempt);
                underWay.remove(attempt);
                again.run();
            } catch (RuntimeException failure) {
                Duration pause = pause(troubles.get(attempt));
                troubles.put(attempt, new Trouble(clock.instant().plus(pause), pause));
                underWay.remove(attempt);
                LOG.warnf(
                        "outcome of attempt %d not written to the registry, trying again in %s: %s",
                        entry.attempt(), Durations.text(pause), failure.getMessage());
                later.accept(pause, again);
            }
        });
    }

    private static Duration pause(@Nullable Trouble before) {
        if (before == null) {
            return TRY_AGAIN;
        }
        Duration longer = before.pause().multipliedBy(2);
        return longer.compareTo(TRY_AGAIN_AT_MOST) < 0 ? longer : TRY_AGAIN_AT_MOST;
    }
}
