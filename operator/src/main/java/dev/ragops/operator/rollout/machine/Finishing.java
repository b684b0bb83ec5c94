package dev.ragops.operator.rollout.machine;

import dev.ragops.operator.Durations;
import dev.ragops.operator.rollout.judge.Ruling;
import dev.ragops.operator.rollout.plan.Plan;
import dev.ragops.operator.rollout.plan.Watch;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Makes the candidate stable and stays beside it for the watch. What it returns takes users back. */
final class Finishing {
    private static final int FIRST_EVIDENCE_INTERVALS = 3;

    private final Snapshot snapshot;
    private final Draft draft;
    private final ModelView model;
    private final Trial trial;
    private final Instant now;

    Finishing(Snapshot snapshot, Draft draft, ModelView model, Trial trial) {
        this.snapshot = snapshot;
        this.draft = draft;
        this.model = model;
        this.trial = trial;
        this.now = draft.now;
    }

    Optional<Withdrawal> promote(Phase.Promoting phase) {
        Run run = phase.run();
        boolean asked = draft.traffic()
                .filter(t -> t.stable().equals(run.candidate().name()))
                .isPresent();
        if (!asked) {
            Optional<Withdrawal> breach = breachBefore(run);
            if (breach.isPresent()) {
                return breach;
            }
            if (model.paused()) {
                return waiting(
                        run, phase.patience().standing(now), "ModelPaused", "RagModel has spec.paused: not promoting");
            }
            int ready = model.readyReplicas(run.candidate());
            if (ready < run.floor()) {
                return waiting(
                        run,
                        phase.patience().counting(now),
                        "WaitingForCapacity",
                        "all users need " + run.floor() + " ready pods of the candidate, " + ready + " are");
            }
        }
        Traffic traffic = draft.ask(Asking.promoted(model.uid(), run));
        if (!model.route().echoes(traffic)) {
            return waiting(
                    run,
                    phase.patience().counting(now),
                    "Promoting",
                    run.candidate().name() + " becomes stable" + Withdrawal.lagging(model));
        }
        draft.stable(run.candidate());
        draft.previous(run.stable());
        draft.forgetEvidence();
        draft.tell("Promoted", "all users have " + run.candidate().name());
        Duration watch = run.plan().watch().duration();
        if (watch.isZero()) {
            new Ending(snapshot, draft, model).succeeded(run);
        } else {
            draft.be(
                    new Phase.Watching(run, new Clocked(now, model.route().generation()), Optional.empty()),
                    "Watching",
                    "all users have " + run.candidate().name() + "; "
                            + run.stable().name() + " stays warm for " + Durations.text(watch));
        }
        return Optional.empty();
    }

    /** Users still meet the candidate in the last step's share while its pods for everyone come up. */
    private Optional<Withdrawal> breachBefore(Run run) {
        Trial.Finding finding = trial.ofCandidate(run, model.route().generation(), 0, false);
        return finding.ruling() == Ruling.FAIL
                ? Withdrawal.because(Cause.BREACH, finding.assessment().summary())
                : Optional.empty();
    }

    private Optional<Withdrawal> waiting(Run run, Patience patience, String reason, String message) {
        if (patience.isOver(run, now)) {
            return Withdrawal.because(
                    Cause.DEADLINE,
                    "not promoted in " + Durations.text(run.plan().progressDeadline()) + ": " + message);
        }
        draft.be(new Phase.Promoting(run, patience), reason, message);
        return Optional.empty();
    }

    Optional<Withdrawal> watch(Phase.Watching phase) {
        Run run = phase.run();
        Traffic traffic = draft.ask(Asking.promoted(model.uid(), run));
        long generation = model.route().generation();
        Clocked clock = model.route().echoes(traffic) && phase.clock().generation() != generation
                ? new Clocked(now, generation)
                : phase.clock();
        Trial.Finding finding = trial.ofPromoted(run, clock.generation());
        draft.found(finding.evidence(), finding.assessment().verdicts());
        String summary = finding.assessment().summary();
        if (finding.ruling() == Ruling.FAIL) {
            return Withdrawal.because(Cause.BREACH, "after the promotion, " + summary);
        }
        Plan plan = run.plan();
        Instant over = clock.since().plus(plan.watch().duration());
        if (now.isBefore(over)) {
            draft.lookAgainIn(Duration.between(now, over));
            return stay(run, clock, "Watching", "until " + over + "; " + summary);
        }
        if (model.paused()) {
            return stay(run, clock, "ModelPaused", "RagModel has spec.paused: the previous revision stays warm");
        }
        boolean enough = finding.samples() >= plan.watch().minSamples();
        if (run.isApproved(Watch.NAME) || (finding.ruling() == Ruling.PASS && enough)) {
            new Ending(snapshot, draft, model).succeeded(run);
            return Optional.empty();
        }
        return switch (finding.ruling()) {
            case FAIL -> Withdrawal.because(Cause.BREACH, summary);
            case NO_DATA -> {
                if (now.isBefore(clock.since().plus(plan.interval().multipliedBy(FIRST_EVIDENCE_INTERVALS)))) {
                    yield stay(run, clock, "Watching", summary);
                }
                yield switch (plan.onNoData()) {
                    case HOLD -> stay(run, clock, "NoData", "the watch goes on: " + summary);
                    case PAUSE -> ask(phase, clock, Phase.Why.NO_DATA, summary);
                    case ROLLBACK -> Withdrawal.because(Cause.NO_DATA, summary);
                };
            }
            case PASS -> stay(run, clock, "WaitingForSamples", "the watch goes on: " + summary);
            case INCONCLUSIVE -> {
                if (!enough) {
                    yield stay(run, clock, "WaitingForSamples", "the watch goes on: " + summary);
                }
                yield switch (plan.onInconclusive()) {
                    case CONTINUE -> {
                        new Ending(snapshot, draft, model).succeeded(run);
                        yield Optional.empty();
                    }
                    case PAUSE -> ask(phase, clock, Phase.Why.INCONCLUSIVE, summary);
                    case ROLLBACK -> Withdrawal.because(Cause.INCONCLUSIVE, summary);
                };
            }
        };
    }

    private Optional<Withdrawal> stay(Run run, Clocked clock, String reason, String message) {
        draft.be(new Phase.Watching(run, clock, Optional.empty()), reason, message);
        return Optional.empty();
    }

    private Optional<Withdrawal> ask(Phase.Watching phase, Clocked clock, Phase.Why why, String summary) {
        String message = summary + "; approve step " + Watch.NAME + " of attempt "
                + phase.run().attempt() + " to end the watch, or abort it to take users back";
        if (!phase.awaiting().equals(Optional.of(why))) {
            draft.tell("WaitingForApproval", message);
        }
        draft.be(new Phase.Watching(phase.run(), clock, Optional.of(why)), why.reason(), message);
        return Optional.empty();
    }
}
