package dev.ragops.operator.rollout.machine;

import java.util.Optional;

/** Where a rollout is. What only makes sense in one phase is a field of that phase only. */
public sealed interface Phase {
    /** Nothing runs: users have stable, and either that is the target or something has to happen first. */
    record Idle(Rest rest) implements Phase {}

    /** Why nothing runs. */
    enum Rest {
        UP_TO_DATE("UpToDate"),
        NO_TARGET("WaitingForTarget"),
        FIRST_REVISION("FirstRevision"),
        REJECTED("TargetRejected"),
        FROZEN("ModelPaused");

        private final String reason;

        Rest(String reason) {
            this.reason = reason;
        }

        public String reason() {
            return reason;
        }
    }

    /** An attempt is on its way. */
    sealed interface Active extends Phase {
        Run run();

        Active withRun(Run run);
    }

    /** The candidate's pods come up; no user meets them. */
    record Starting(Run run, Patience patience) implements Active {
        @Override
        public Starting withRun(Run next) {
            return new Starting(next, patience);
        }
    }

    /**
     * A step runs.
     *
     * @param clock empty until every gateway applied what the step asks
     */
    record Progressing(Run run, int step, Optional<Clocked> clock, Patience patience) implements Active {
        @Override
        public Progressing withRun(Run next) {
            return new Progressing(next, step, clock, patience);
        }
    }

    /** A step waits for a person; who meets the candidate stays as it is. */
    record AwaitingApproval(Run run, int step, Optional<Clocked> clock, Why why) implements Active {
        @Override
        public AwaitingApproval withRun(Run next) {
            return new AwaitingApproval(next, step, clock, why);
        }
    }

    /** Why a person is needed. */
    enum Why {
        PAUSE_STEP("WaitingForApproval"),
        INCONCLUSIVE("Inconclusive"),
        NO_DATA("NoData");

        private final String reason;

        Why(String reason) {
            this.reason = reason;
        }

        public String reason() {
            return reason;
        }
    }

    /** The candidate becomes stable as soon as enough of its pods are ready. */
    record Promoting(Run run, Patience patience) implements Active {
        @Override
        public Promoting withRun(Run next) {
            return new Promoting(next, patience);
        }
    }

    /**
     * The candidate is stable, the previous revision is warm.
     *
     * @param clock when the promotion was in force on every gateway
     * @param awaiting why the end of the watch waits for a person, if it does
     */
    record Watching(Run run, Clocked clock, Optional<Why> awaiting) implements Active {
        @Override
        public Watching withRun(Run next) {
            return new Watching(next, clock, awaiting);
        }
    }

    /**
     * Users go back to what they had.
     *
     * @param promoted whether the candidate had become stable
     */
    record RollingBack(Run run, Cause cause, String detail, boolean promoted) implements Active {
        @Override
        public RollingBack withRun(Run next) {
            return new RollingBack(next, cause, detail, promoted);
        }
    }

    /** An attempt is over and said so; stays until the target moves or someone retries. */
    record Ended(long attempt, RevisionId candidate, Outcome outcome, Cause cause, String detail) implements Phase {}
}
