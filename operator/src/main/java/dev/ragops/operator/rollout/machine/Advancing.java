package dev.ragops.operator.rollout.machine;

import dev.ragops.operator.Durations;
import dev.ragops.operator.rollout.judge.Ruling;
import dev.ragops.operator.rollout.plan.Exposure;
import dev.ragops.operator.rollout.plan.Plan;
import dev.ragops.operator.rollout.plan.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Takes an attempt from step to step. What it returns takes users back. */
final class Advancing {
    /** Evidence of a new generation cannot be there at once: so many intervals it may take before that is called no data. */
    private static final int FIRST_EVIDENCE_INTERVALS = 3;
    /** Gateways leave out the first five seconds of a mirrored candidate, and are asked after them. */
    private static final Duration FIRST_EVIDENCE_AT_LEAST = Duration.ofSeconds(10);

    private final Snapshot snapshot;
    private final Draft draft;
    private final ModelView model;
    private final Trial trial;
    private final Moves moves;
    private final Instant now;

    Advancing(Snapshot snapshot, Draft draft, ModelView model, Trial trial) {
        this.snapshot = snapshot;
        this.draft = draft;
        this.model = model;
        this.trial = trial;
        this.moves = new Moves(draft, model);
        this.now = draft.now;
    }

    Optional<Withdrawal> progress(Phase.Progressing phase) {
        Run run = phase.run();
        Step step = run.plan().steps().get(phase.step());
        Traffic traffic = draft.ask(Asking.exposed(model.uid(), run, run.plan().exposureAt(phase.step())));
        Optional<Clocked> clock = clockOf(phase.clock(), traffic);
        if (clock.isEmpty()) {
            return waiting(
                    phase,
                    clock,
                    phase.patience().counting(now),
                    "WaitingForGateways",
                    "step " + step.name() + " is asked" + Withdrawal.lagging(model));
        }
        Trial.Finding finding = judged(run, phase.step(), clock.get());
        if (finding.ruling() == Ruling.FAIL) {
            return Withdrawal.because(Cause.BREACH, finding.assessment().summary());
        }
        if (run.promoteAsked() && !model.paused()) {
            moves.promote(run);
            return Optional.empty();
        }
        Instant over = clock.get().since().plus(step.duration());
        boolean approved = run.isApproved(step.name());
        if (step instanceof Step.Pause pause) {
            if (approved || (pause.limit().isPresent() && !now.isBefore(over))) {
                return next(phase, clock);
            }
            if (pause.limit().isEmpty()) {
                awaitPerson(run, phase.step(), clock, Phase.Why.PAUSE_STEP, "step " + step.name() + " waits");
                return Optional.empty();
            }
        }
        if (now.isBefore(over)) {
            draft.lookAgainIn(Duration.between(now, over));
            return waiting(phase, clock, phase.patience().standing(now), "StepRunning", running(step, finding));
        }
        if (!approved && trial.isHeld(run)) {
            return waiting(
                    phase,
                    clock,
                    phase.patience().standing(now),
                    "TracksDiffer",
                    "comparisons hold: the tracks differ by "
                            + model.lagBetween(run.candidate(), run.stable())
                            + " changes of the document store, "
                            + run.plan().maxLag() + " are allowed");
        }
        return approved ? next(phase, clock) : byRuling(phase, step, clock.get(), finding);
    }

    private Optional<Withdrawal> byRuling(Phase.Progressing phase, Step step, Clocked clock, Trial.Finding finding) {
        Run run = phase.run();
        Plan plan = run.plan();
        Optional<Clocked> clocked = Optional.of(clock);
        String summary = finding.assessment().summary();
        return switch (finding.ruling()) {
            case FAIL -> Withdrawal.because(Cause.BREACH, summary);
            case PASS ->
                finding.samples() >= step.minSamples()
                        ? next(phase, clocked)
                        : waiting(
                                phase,
                                clocked,
                                phase.patience().seeing(finding.samples(), now),
                                "WaitingForSamples",
                                running(step, finding));
            case NO_DATA -> {
                Instant expected = clock.since().plus(firstEvidence(run));
                if (now.isBefore(expected)) {
                    draft.lookAgainIn(Duration.between(now, expected));
                    yield waiting(phase, clocked, phase.patience().counting(now), "WaitingForEvidence", summary);
                }
                yield switch (plan.onNoData()) {
                    case HOLD ->
                        waiting(phase, clocked, phase.patience().standing(now), "NoData", "holding: " + summary);
                    case PAUSE -> {
                        awaitPerson(run, phase.step(), clocked, Phase.Why.NO_DATA, summary);
                        yield Optional.empty();
                    }
                    case ROLLBACK -> Withdrawal.because(Cause.NO_DATA, summary);
                };
            }
            case INCONCLUSIVE -> {
                if (finding.samples() < step.minSamples()) {
                    yield waiting(
                            phase,
                            clocked,
                            phase.patience().seeing(finding.samples(), now),
                            "WaitingForSamples",
                            running(step, finding));
                }
                yield switch (plan.onInconclusive()) {
                    case CONTINUE -> next(phase, clocked);
                    case PAUSE -> {
                        awaitPerson(run, phase.step(), clocked, Phase.Why.INCONCLUSIVE, summary);
                        yield Optional.empty();
                    }
                    case ROLLBACK -> Withdrawal.because(Cause.INCONCLUSIVE, summary);
                };
            }
        };
    }

    Optional<Withdrawal> await(Phase.AwaitingApproval phase) {
        Run run = phase.run();
        Step step = run.plan().steps().get(phase.step());
        Traffic traffic = draft.ask(Asking.exposed(model.uid(), run, run.plan().exposureAt(phase.step())));
        Optional<Clocked> clock = clockOf(phase.clock(), traffic);
        Optional<Trial.Finding> finding = clock.map(c -> judged(run, phase.step(), c));
        if (finding.filter(f -> f.ruling() == Ruling.FAIL).isPresent()) {
            return Withdrawal.because(Cause.BREACH, finding.get().assessment().summary());
        }
        if (run.promoteAsked() && !model.paused()) {
            moves.promote(run);
            return Optional.empty();
        }
        boolean shown = phase.why() != Phase.Why.PAUSE_STEP
                && !trial.isHeld(run)
                && finding.filter(f -> f.ruling() == Ruling.PASS && f.samples() >= step.minSamples())
                        .isPresent();
        if (shown || run.isApproved(step.name())) {
            return next(new Phase.Progressing(run, phase.step(), clock, Patience.from(now)), clock);
        }
        String found = switch (phase.why()) {
            case PAUSE_STEP -> "step " + step.name() + " waits";
            case INCONCLUSIVE, NO_DATA ->
                finding.map(f -> f.assessment().summary()).orElse("no evidence");
        };
        beAwaiting(run, phase.step(), clock, phase.why(), found);
        return Optional.empty();
    }

    private void awaitPerson(Run run, int step, Optional<Clocked> clock, Phase.Why why, String detail) {
        draft.tell("WaitingForApproval", beAwaiting(run, step, clock, why, detail));
    }

    private String beAwaiting(Run run, int step, Optional<Clocked> clock, Phase.Why why, String detail) {
        String message = detail + "; approve step "
                + run.plan().steps().get(step).name() + " of attempt " + run.attempt() + " to go on, or abort it";
        draft.be(new Phase.AwaitingApproval(run, step, clock, why), why.reason(), message);
        return message;
    }

    /** Goes to the next step, or says what it waits for. */
    private Optional<Withdrawal> next(Phase.Progressing phase, Optional<Clocked> clock) {
        Run run = phase.run();
        int next = phase.step() + 1;
        if (model.paused()) {
            return waiting(
                    phase,
                    clock,
                    phase.patience().standing(now),
                    "ModelPaused",
                    "RagModel has spec.paused: not advancing");
        }
        if (next == run.plan().steps().size()) {
            moves.promote(run);
            return Optional.empty();
        }
        if (!moves.hasPodsFor(run, run.plan().exposureAt(next))) {
            return waiting(
                    phase,
                    clock,
                    phase.patience().counting(now),
                    "WaitingForCapacity",
                    "the next step needs " + Moves.podsFor(run, run.plan().exposureAt(next))
                            + " ready pods of the candidate, " + model.readyReplicas(run.candidate()) + " are");
        }
        moves.enter(run, next);
        return Optional.empty();
    }

    private Optional<Withdrawal> waiting(
            Phase.Progressing phase, Optional<Clocked> clock, Patience patience, String reason, String message) {
        if (patience.isOver(phase.run(), now)) {
            return Withdrawal.because(
                    Cause.DEADLINE,
                    "no progress for " + Durations.text(phase.run().plan().progressDeadline()) + " in step "
                            + phase.run().plan().steps().get(phase.step()).name() + ": " + message);
        }
        draft.be(new Phase.Progressing(phase.run(), phase.step(), clock, patience), reason, message);
        return Optional.empty();
    }

    private Trial.Finding judged(Run run, int index, Clocked clock) {
        boolean mirrored = run.plan().exposureAt(index).kind() instanceof Exposure.Mirrored;
        long minSamples = run.plan().steps().get(index).minSamples();
        Trial.Finding finding = trial.ofCandidate(run, clock.generation(), minSamples, mirrored);
        draft.found(finding.evidence(), finding.assessment().verdicts());
        return finding;
    }

    /** The step's time counts from when what it asks was in force, and again when the route's generation moved under it. */
    private Optional<Clocked> clockOf(Optional<Clocked> before, Traffic traffic) {
        if (!model.route().echoes(traffic)) {
            return before;
        }
        long generation = model.route().generation();
        return before.filter(c -> c.generation() == generation).or(() -> Optional.of(new Clocked(now, generation)));
    }

    private static Duration firstEvidence(Run run) {
        Duration usual = run.plan().interval().multipliedBy(FIRST_EVIDENCE_INTERVALS);
        return usual.compareTo(FIRST_EVIDENCE_AT_LEAST) > 0 ? usual : FIRST_EVIDENCE_AT_LEAST;
    }

    private static String running(Step step, Trial.Finding finding) {
        return "step " + step.name() + ": " + finding.samples()
                + (step.minSamples() > 0 ? " of at least " + step.minSamples() : "") + " answers of the candidate; "
                + finding.assessment().summary();
    }
}
