package dev.ragops.operator.rollout.machine;

import dev.ragops.operator.rollout.plan.Exposure;
import java.util.Optional;

/** Decides while nothing runs: whether the target asks for an attempt, and if not, why users stay where they are. */
final class Resting {
    private final Snapshot snapshot;
    private final Draft draft;
    private final ModelView model;

    Resting(Snapshot snapshot, Draft draft, ModelView model) {
        this.snapshot = snapshot;
        this.draft = draft;
        this.model = model;
    }

    void decide() {
        adoptStable();
        if (draft.stable().isEmpty()) {
            idle(Phase.Rest.FIRST_REVISION, "the first revision becomes stable by itself once it is ready");
            return;
        }
        RevisionId stable = draft.stable().get();
        if (model.target().isEmpty()) {
            rest(stable);
            idle(Phase.Rest.NO_TARGET, "RagModel " + snapshot.modelName() + " has no target yet; see its conditions");
            return;
        }
        RevisionId target = model.target().get();
        if (target.name().equals(stable.name())) {
            rest(stable);
            if (!(draft.before().phase() instanceof Phase.Ended ended && ended.outcome() == Outcome.SUCCEEDED)) {
                idle(Phase.Rest.UP_TO_DATE, stable.name() + " is stable and is what the model asks for");
            }
            return;
        }
        boolean retry = wantsRetry(target);
        if (!retry && endedWith(target)) {
            rest(stable);
            return;
        }
        if (!retry && draft.hasRejected(target)) {
            rest(stable);
            idle(Phase.Rest.REJECTED, rejectionOf(target));
            return;
        }
        if (model.paused()) {
            rest(stable);
            idle(Phase.Rest.FROZEN, target.name() + " waits: RagModel " + snapshot.modelName() + " has spec.paused");
            return;
        }
        if (retry) {
            draft.pardon(target);
        }
        start(stable, target);
    }

    /** The route is the memory of what users have, unless it has not yet followed what we asked last. */
    private void adoptStable() {
        boolean lags = draft.traffic()
                .filter(t -> t.modelUid().equals(model.uid()))
                .filter(t -> t.seq() > model.route().appliedSeq())
                .isPresent();
        boolean foreign =
                draft.traffic().filter(t -> !t.modelUid().equals(model.uid())).isPresent();
        if (foreign) {
            draft.stableIs(model.route().stable().map(this::known));
        } else if (!lags && model.route().stable().isPresent()) {
            draft.stable(known(model.route().stable().get()));
        }
    }

    private RevisionId known(String name) {
        return model.revision(name)
                .map(RevisionView::id)
                .orElseGet(() ->
                        draft.stable().filter(s -> s.name().equals(name)).orElseGet(() -> RevisionId.named(name)));
    }

    private void rest(RevisionId stable) {
        draft.ask(Asking.resting(
                model.uid(),
                Math.max(draft.before().attempt(), model.attempt()),
                stable.name(),
                snapshot.settings().plan().fallback()));
    }

    private void idle(Phase.Rest rest, String message) {
        String reason = rest.reason();
        boolean was = draft.before().phase() instanceof Phase.Idle(Phase.Rest earlier) && earlier == rest;
        if (!was && rest == Phase.Rest.REJECTED) {
            draft.warn(reason, message);
        }
        draft.be(new Phase.Idle(rest), reason, message);
    }

    private boolean wantsRetry(RevisionId target) {
        Optional<String> wish = snapshot.settings().intents().retry();
        return wish.filter(target.name()::equals).isPresent()
                && !draft.retried().equals(wish)
                && (draft.hasRejected(target) || endedWith(target));
    }

    private boolean endedWith(RevisionId target) {
        return draft.before().phase() instanceof Phase.Ended ended
                && ended.candidate().name().equals(target.name());
    }

    private String rejectionOf(RevisionId target) {
        String why = draft.before().rejected().stream()
                .filter(r -> r.covers(target))
                .map(Rejection::reason)
                .findFirst()
                .orElse("");
        return target.name() + " was rejected before (" + why + "); register a better version, or retry it";
    }

    private void start(RevisionId stable, RevisionId target) {
        long attempt = draft.nextAttempt(model.attempt());
        int floor = model.revision(stable.name())
                .map(r -> Math.max(r.replicas(), r.readyReplicas()))
                .filter(n -> n > 0)
                .orElse(1);
        Run run = new Run(
                        attempt, target, stable, snapshot.settings().plan(), floor, draft.now, Optional.empty(), false)
                .latching(snapshot.settings().intents());
        draft.retried(snapshot.settings().intents().retry().filter(target.name()::equals));
        draft.forgetEvidence();
        draft.ask(Asking.exposed(model.uid(), run, Exposure.NOBODY));
        draft.tell(
                "Started",
                "attempt " + attempt + ": " + target.name() + " (version " + target.version() + ") against "
                        + stable.name());
        if (warmFormerStable(target)) {
            draft.be(
                    new Phase.Promoting(run, Patience.from(draft.now)),
                    "Returning",
                    target.name() + " was stable before and is warm: no steps are needed");
        } else {
            draft.be(
                    new Phase.Starting(run, Patience.from(draft.now)),
                    "StartingCandidate",
                    "waiting for pods of " + target.name());
        }
        draft.lookAgainIn(run.plan().interval());
    }

    private boolean warmFormerStable(RevisionId target) {
        return draft.previous().filter(p -> p.name().equals(target.name())).isPresent()
                && model.readyReplicas(target) > 0;
    }
}
