package dev.ragops.operator.rollout.machine;

import java.util.Optional;

/** A reason to take users back, found while deciding. */
record Withdrawal(Cause cause, String detail) {
    static Optional<Withdrawal> because(Cause cause, String detail) {
        return Optional.of(new Withdrawal(cause, detail));
    }

    /** Which gateways are waited for, for messages. */
    static String lagging(ModelView model) {
        return model.route().lagging().isEmpty()
                ? ""
                : "; not yet applied by " + String.join(", ", model.route().lagging());
    }
}
