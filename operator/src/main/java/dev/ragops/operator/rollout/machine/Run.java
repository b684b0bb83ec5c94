package dev.ragops.operator.rollout.machine;

import dev.ragops.operator.rollout.plan.Plan;
import java.time.Instant;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One attempt to make a candidate stable.
 *
 * @param stable what users have when it starts, and get back when it fails
 * @param plan copied at the start; edits of the manifest apply to the next run
 * @param floor pods stable had at the start
 * @param approved names of steps a person approved, kept when the wish vanishes from the manifest
 * @param promoteAsked whether a person asked to skip what is left
 */
public record Run(
        long attempt,
        RevisionId candidate,
        RevisionId stable,
        Plan plan,
        int floor,
        Instant startedAt,
        SortedSet<String> approved,
        boolean promoteAsked) {
    public Run {
        approved = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(approved));
    }

    Run latching(Intents intents) {
        SortedSet<String> names = new TreeSet<>(approved);
        intents.approval()
                .filter(a -> a.attempt() == attempt && a.revision().equals(candidate.name()))
                .ifPresent(a -> names.add(a.step()));
        boolean promote =
                promoteAsked || intents.promote().filter(p -> p.means(this)).isPresent();
        return new Run(attempt, candidate, stable, plan, floor, startedAt, names, promote);
    }
}
