package dev.ragops.operator.rollout.wire;

import dev.ragops.operator.Transitions;
import dev.ragops.operator.rollout.machine.Outcome;
import dev.ragops.operator.rollout.machine.Phase;
import dev.ragops.operator.rollout.machine.State;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/** Says in kstatus words whether a rollout is at rest, on its way, or needs someone. */
final class Conditions {
    private final State state;
    private final Transitions transitions;

    Conditions(State state, Transitions transitions) {
        this.state = state;
        this.transitions = transitions;
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
        return transitions.condition(type, holds ? "True" : "False", reason, holds ? state.message() : "");
    }
}
