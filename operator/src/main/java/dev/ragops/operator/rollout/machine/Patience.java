package dev.ragops.operator.rollout.machine;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long nothing has moved. It stands still while someone or something else is waited for, without a write for every look.
 *
 * @param spent what counted before {@code since}
 * @param since from when it counts; empty while it stands still
 * @param mark the last progress seen; another one starts it anew
 */
public record Patience(Duration spent, Optional<Instant> since, long mark) {
    static Patience from(Instant now) {
        return new Patience(Duration.ZERO, Optional.of(now), 0);
    }

    Patience counting(Instant now) {
        return since.isPresent() ? this : new Patience(spent, Optional.of(now), mark);
    }

    Patience standing(Instant now) {
        return since.isEmpty() ? this : new Patience(spentAt(now), Optional.empty(), mark);
    }

    Patience seeing(long progress, Instant now) {
        return progress == mark ? counting(now) : new Patience(Duration.ZERO, Optional.of(now), progress);
    }

    boolean isOver(Run run, Instant now) {
        return spentAt(now).compareTo(run.plan().progressDeadline()) >= 0;
    }

    Duration spentAt(Instant now) {
        return since.map(from -> spent.plus(Duration.between(from, now))).orElse(spent);
    }
}
