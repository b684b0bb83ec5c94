package dev.ragops.operator.rollout.machine;

import dev.ragops.operator.rollout.evidence.Evidence;
import dev.ragops.operator.rollout.judge.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * What a rollout remembers between two decisions: the meaning of its status.
 *
 * @param reason one word for conditions and the Reason column
 * @param message what is going on and, where someone can act, how
 * @param blocked why nothing can be decided at all, if so; the phase below it is kept
 * @param stable what users have
 * @param previous what users had before, as far as this rollout knows; where it is warm, going back needs no steps
 * @param traffic the last thing asked
 * @param retried the retry wish that was granted last, so that one wish is one attempt
 */
public record State(
        Phase phase,
        String reason,
        String message,
        Optional<Block> blocked,
        long attempt,
        Optional<RevisionId> stable,
        Optional<RevisionId> previous,
        Optional<Traffic> traffic,
        Optional<Evidence> evidence,
        List<Verdict> verdicts,
        List<Rejection> rejected,
        List<HistoryEntry> history,
        Optional<String> retried) {
    /** More than anyone reads, few enough for a status of 32 KiB. */
    public static final int MAX_HISTORY = 10;

    public static final int MAX_REJECTED = 20;

    public State {
        verdicts = List.copyOf(verdicts);
        rejected = List.copyOf(rejected);
        history = List.copyOf(history);
    }

    public boolean hasRejected(RevisionId revision) {
        return rejected.stream().anyMatch(r -> r.covers(revision));
    }

    /** Why no decision can be made now. */
    public enum Block {
        MODEL_NOT_FOUND("ModelNotFound", true),
        MODEL_DELETING("ModelDeleting", true),
        NOT_BOUND("WaitingToBeBound", false),
        ANOTHER_ROLLOUT("AnotherRolloutDecides", true),
        DIRECT("PromotionIsDirect", true);

        private final String reason;
        private final boolean stalled;

        Block(String reason, boolean stalled) {
            this.reason = reason;
            this.stalled = stalled;
        }

        public String reason() {
            return reason;
        }

        /** Whether someone has to act; otherwise it passes by itself. */
        public boolean stalled() {
            return stalled;
        }
    }
}
