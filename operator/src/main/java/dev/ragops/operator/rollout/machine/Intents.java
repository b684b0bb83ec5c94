package dev.ragops.operator.rollout.machine;

import java.util.Optional;

/** What a person asked for, each naming the revision and attempt it is meant for, so that a stale wish does nothing. */
public record Intents(
        Optional<Approval> approval, Optional<Aimed> abort, Optional<String> retry, Optional<Aimed> promote) {
    public static final Intents NONE =
            new Intents(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** Goes on past the step of this name. */
    public record Approval(String revision, long attempt, String step) {}

    /** An order to one attempt with one revision. */
    public record Aimed(String revision, long attempt) {
        boolean means(Run run) {
            return attempt == run.attempt() && revision.equals(run.candidate().name());
        }
    }
}
