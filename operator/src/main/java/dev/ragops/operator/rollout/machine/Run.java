package dev.ragops.operator.rollout.machine;

import dev.ragops.operator.rollout.plan.Plan;
import java.time.Instant;
import java.util.Optional;

/**
 * One attempt to make a candidate stable.
 *
 * @param stable what users have when it starts, and get back when it fails
 * @param plan copied at the start; edits of the manifest apply to the next run
 * @param floor pods stable had at the start
 * @param approved the step a person approved last, kept when the wish vanishes from the manifest
 * @param promoteAsked whether a person asked to skip what is left
 */
public record Run(
        long attempt,
        RevisionId candidate,
        RevisionId stable,
        Plan plan,
        int floor,
        Instant startedAt,
        Optional<String> approved,
        boolean promoteAsked) {
    boolean isApproved(String step) {
        return approved.filter(step::equals).isPresent();
    }

    Run latching(Intents intents) {
        Optional<String> step = intents.approval()
                .filter(a -> a.attempt() == attempt && a.revision().equals(candidate.name()))
                .map(Intents.Approval::step)
                .or(() -> approved);
        boolean promote =
                promoteAsked || intents.promote().filter(p -> p.means(this)).isPresent();
        return new Run(attempt, candidate, stable, plan, floor, startedAt, step, promote);
    }
}
