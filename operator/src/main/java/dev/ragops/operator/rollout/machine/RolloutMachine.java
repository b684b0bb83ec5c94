package dev.ragops.operator.rollout.machine;

import dev.ragops.operator.rollout.judge.Judge;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Decides the next state of a rollout, because who serves users must not depend on when or how often a process was restarted: the same snapshot
 * gives the same decision, and a decision that changes nothing equals the state before.
 */
public final class RolloutMachine {
    private final Judge judge;

    public RolloutMachine(Judge judge) {
        this.judge = judge;
    }

    public Decision decide(Snapshot snapshot) {
        State before = snapshot.state().orElseGet(() -> rebuilt(snapshot.model()));
        Draft draft = new Draft(before, snapshot.now(), appliedSeq(snapshot.model()));
        draft.told(snapshot.reported());
        Optional<State.Block> block = blockOf(snapshot);
        if (block.isPresent()) {
            standStill(draft, before, snapshot.settings().intents());
            draft.block(block.get(), explain(block.get(), snapshot));
            draft.lookAgainIn(Duration.ofMinutes(1));
            return draft.decision();
        }
        ModelView model = snapshot.model().orElseThrow();
        forgetGrantedRetry(snapshot, draft);
        switch (before.phase()) {
            case Phase.Active active -> {
                Optional<Cause> voided = voided(active, before, model);
                if (voided.isPresent()) {
                    new Ending(snapshot, draft, model).withoutRollback(active.run(), voided.get());
                } else {
                    new Moving(judge, snapshot, draft, model).decide(active);
                }
            }
            case Phase.Idle _, Phase.Ended _ -> new Resting(snapshot, draft, model).decide();
        }
        return draft.decision();
    }

    /** A status that was lost, from what the model and its route remember: users keep stable, the target starts over. */
    private static State rebuilt(Optional<ModelView> model) {
        return new State(
                new Phase.Idle(Phase.Rest.NO_TARGET),
                "",
                "",
                Optional.empty(),
                model.map(ModelView::attempt).orElse(0L),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                model.map(ModelView::rejected).orElse(List.of()),
                List.of(),
                Optional.empty());
    }

    private static long appliedSeq(Optional<ModelView> model) {
        return model.map(m -> m.route().appliedSeq()).orElse(0L);
    }

    private static Optional<State.Block> blockOf(Snapshot snapshot) {
        if (snapshot.model().isEmpty()) {
            return Optional.of(State.Block.MODEL_NOT_FOUND);
        }
        ModelView model = snapshot.model().get();
        if (model.deleting()) {
            return Optional.of(State.Block.MODEL_DELETING);
        }
        if (model.direct()) {
            return Optional.of(State.Block.DIRECT);
        }
        if (model.boundTo().isEmpty()) {
            return Optional.of(State.Block.NOT_BOUND);
        }
        return model.boundTo().get().uid().equals(snapshot.uid())
                ? Optional.empty()
                : Optional.of(State.Block.ANOTHER_ROLLOUT);
    }

    private static String explain(State.Block block, Snapshot snapshot) {
        String model = snapshot.modelName();
        return switch (block) {
            case MODEL_NOT_FOUND ->
                "there is no RagModel " + model
                        + " in this namespace; create it or fix spec.modelRef by a new RagRollout";
            case MODEL_DELETING -> "RagModel " + model + " is being deleted";
            case NOT_BOUND -> "RagModel " + model + " has not chosen its rollout yet";
            case ANOTHER_ROLLOUT ->
                "RagRollout "
                        + snapshot.model()
                                .flatMap(ModelView::boundTo)
                                .map(RolloutId::name)
                                .orElse("")
                        + " decides for RagModel " + model
                        + ", it is the older one; delete it or this one, two cannot decide for one model";
            case DIRECT -> "RagModel " + model + " has promotion: Direct, so new revisions take over without a rollout";
        };
    }

    /** What cannot be decided cannot make progress either: the deadline waits. */
    private static void standStill(Draft draft, State before, Intents intents) {
        if (!(before.phase() instanceof Phase.Active active)) {
            return;
        }
        // What a person asks for meanwhile is not forgotten if it vanishes before the block does.
        switch (active.withRun(active.run().latching(intents))) {
            case Phase.Starting p ->
                draft.be(
                        new Phase.Starting(p.run(), p.patience().standing(draft.now)),
                        before.reason(),
                        before.message());
            case Phase.Progressing p ->
                draft.be(
                        new Phase.Progressing(
                                p.run(), p.step(), p.clock(), p.patience().standing(draft.now)),
                        before.reason(),
                        before.message());
            case Phase.Promoting p ->
                draft.be(
                        new Phase.Promoting(p.run(), p.patience().standing(draft.now)),
                        before.reason(),
                        before.message());
            case Phase.AwaitingApproval p -> draft.be(p, before.reason(), before.message());
            case Phase.Watching p -> draft.be(p, before.reason(), before.message());
            case Phase.RollingBack p -> draft.be(p, before.reason(), before.message());
        }
    }

    /** A run whose ground is gone: another model of the name, decisions by someone else, a stable that is not ours. */
    private static Optional<Cause> voided(Phase.Active active, State before, ModelView model) {
        Optional<Traffic> asked = before.traffic();
        if (asked.isEmpty()) {
            return Optional.of(Cause.STABLE_CHANGED);
        }
        if (!asked.get().modelUid().equals(model.uid())) {
            return Optional.of(Cause.MODEL_REPLACED);
        }
        if (model.route().appliedSeq() > asked.get().seq()) {
            return Optional.of(Cause.STABLE_CHANGED);
        }
        Run run = active.run();
        boolean known = model.route()
                .stable()
                .filter(s -> !s.equals(run.stable().name())
                        && !s.equals(run.candidate().name()))
                .isEmpty();
        return known ? Optional.empty() : Optional.of(Cause.STABLE_CHANGED);
    }

    private static void forgetGrantedRetry(Snapshot snapshot, Draft draft) {
        if (!draft.retried().equals(snapshot.settings().intents().retry())) {
            draft.retried(Optional.empty());
        }
    }
}
