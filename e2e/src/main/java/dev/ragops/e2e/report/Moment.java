package dev.ragops.e2e.report;

import java.util.List;
import java.util.Map;

/** Is something that was seen to change, with the time it was seen: what every measured duration is made of. */
public sealed interface Moment {

    /** Epoch milliseconds. */
    long at();

    /**
     * The rollout's status changed.
     *
     * @param evidenceAt when the evidence it judged was collected, epoch milliseconds, 0 if there was none
     * @param rulings ruling by check
     */
    record RolloutSeen(
            long at,
            String phase,
            String reason,
            int attempt,
            String step,
            String stepKind,
            String stable,
            String candidate,
            long seq,
            long evidenceAt,
            Map<String, String> rulings)
            implements Moment {
        public RolloutSeen {
            rulings = Map.copyOf(rulings);
        }
    }

    /** The route was written. */
    record RouteWritten(long at, long generation, String stable, String candidate, String kind, double percent)
            implements Moment {

        /** Whether users can meet this revision, or it gets mirrored requests. */
        public boolean gives(String revision) {
            return stable.equals(revision) || (candidate.equals(revision) && !kind.equals("none") && percent > 0);
        }
    }

    /**
     * A gateway process told which generation it serves.
     *
     * @param since when it made that generation effective, by its own clock
     */
    record GatewayServes(long at, String pod, long generation, long since) implements Moment {}

    /** A pod of a revision was started by its node. */
    record PodStarted(long at, String pod, String revision) implements Moment {}

    /** Somebody moved the alias in the registry. */
    record AliasMoved(long at, String version) implements Moment {}

    /** All pods that were gateways at a time, so that one that never answered is missed. */
    record GatewaysAre(long at, List<String> pods) implements Moment {
        public GatewaysAre {
            pods = List.copyOf(pods);
        }
    }
}
