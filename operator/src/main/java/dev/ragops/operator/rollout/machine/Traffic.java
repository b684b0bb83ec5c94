package dev.ragops.operator.rollout.machine;

import java.util.Optional;

/**
 * Who should get what, as the rollout asks it of the model.
 *
 * @param modelUid the model it is meant for; another one ignores it
 * @param seq raised with every change of what is asked, never lowered
 * @param floor ready pods the serving revision keeps at least while the rollout runs, 0 when none runs
 */
public record Traffic(
        String modelUid,
        long attempt,
        long seq,
        String stable,
        Optional<String> candidate,
        Optional<String> control,
        Split split,
        boolean fallback,
        int floor) {
    /** Whether the same is asked, whatever the number. */
    boolean asksTheSameAs(Traffic other) {
        return withSeq(0).equals(other.withSeq(0));
    }

    Traffic withSeq(long number) {
        return new Traffic(modelUid, attempt, number, stable, candidate, control, split, fallback, floor);
    }
}
