package dev.ragops.operator.rollout.wire;

import dev.ragops.operator.rollout.machine.Outcome;
import dev.ragops.operator.rollout.machine.Phase;
import dev.ragops.operator.rollout.machine.State;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says in kstatus words whether a rollout is at rest, on its way, or needs someone. */
final class Conditions {
    private final State state;
    private final @Nullable Long generation;
    private final List<Condition> before;
    private final Instant now;

    Conditions(State state, @Nullable Long generation, List<Condition> before, Instant now) {
        this.state = state;
        this.generation = generation;
        this.before = before;
        this.now = now;
    }

    /** Where a rollout is for someone who waits for it. */
    private enum Standing {
        READY,
        SUSPENDED,
        RECONCILING,
        STALLED
    }

    List<Condition> all() {
        Standing standing = standing();
        String reason = state.blocked().map(State.Block::reason).orElse(state.reason());
        return List.of(
                condition("Ready", standing == Standing.READY || standing == Standing.SUSPENDED, reason),
                condition("Reconciling", standing == Standing.RECONCILING, reason),
                condition("Stalled", standing == Standing.STALLED, reason),
                condition("Suspended", standing == Standing.SUSPENDED, reason));
    }

    private Standing standing() {
        if (state.blocked().isPresent()) {
            return state.blocked().get().stalled() ? Standing.STALLED : Standing.RECONCILING;
        }
        return switch (state.phase()) {
            case Phase.Idle(Phase.Rest rest) ->
                switch (rest) {
                    case UP_TO_DATE -> Standing.READY;
                    case FROZEN -> Standing.SUSPENDED;
                    case NO_TARGET, FIRST_REVISION -> Standing.RECONCILING;
                    case REJECTED -> Standing.STALLED;
                };
            case Phase.AwaitingApproval _ -> Standing.SUSPENDED;
            case Phase.Watching watching -> watching.awaiting().isPresent() ? Standing.SUSPENDED : Standing.RECONCILING;
            case Phase.Starting _, Phase.Progressing _, Phase.Promoting _, Phase.RollingBack _ -> Standing.RECONCILING;
            case Phase.Ended ended -> ended.outcome() == Outcome.SUCCEEDED ? Standing.READY : Standing.STALLED;
        };
    }

    private Condition condition(String type, boolean holds, String reason) {
        String status = holds ? "True" : "False";
        String since = before.stream()
                .filter(c -> type.equals(c.getType()) && status.equals(c.getStatus()))
                .map(Condition::getLastTransitionTime)
                .findFirst()
                .orElse(now.truncatedTo(ChronoUnit.SECONDS).toString());
        return new ConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason.isEmpty() ? "Unknown" : reason)
                .withMessage(holds ? state.message() : "")
                .withLastTransitionTime(since)
                .withObservedGeneration(generation)
                .build();
    }
}
