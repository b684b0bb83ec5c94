package dev.ragops.operator.rollout.machine;

import dev.ragops.operator.Durations;
import dev.ragops.operator.rollout.judge.Ruling;
import dev.ragops.operator.rollout.plan.Exposure;
import dev.ragops.operator.rollout.plan.Plan;
import dev.ragops.operator.rollout.plan.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Takes an attempt from its first pod to its last step. What it returns takes users back. */
final class Advancing {
    /** Evidence of a new generation cannot be there at once: so many intervals it may take before that is called no data. */
    private static final int FIRST_EVIDENCE_INTERVALS = 3;

    private final Snapshot snapshot;
    private final Draft draft;
    private final ModelView model;
    private final Trial trial;
    private final Instant now;

    Advancing(Snapshot snapshot, Draft draft, ModelView model, Trial trial) {
        this.snapshot = snapshot;
        this.draft = draft;
        this.model = model;
        this.trial = trial;
        this.now = draft.now;
    }

    Optional<Withdrawal> start(Phase.Starting phase) {
        Run run = phase.run();
        draft.ask(Asking.exposed(model.uid(), run, Exposure.NOBODY));
        if (model.paused()) {
            draft.be(
                    new Phase.Starting(run, phase.patience().standing(now)), "ModelPaused", "RagModel has spec.paused");
            return Optional.empty();
        }
        boolean straight = run.promoteAsked() || run.plan().steps().isEmpty();
        Exposure first = straight ? Exposure.NOBODY : run.plan().exposureAt(0);
        if (hasPodsFor(run, first)) {
            if (straight) {
                promote(run);
            } else {
                enter(run, 0);
            }
            return Optional.empty();
        }
        Readiness readiness = model.revision(run.candidate().name())
                .map(RevisionView::readiness)
                .orElse(new Readiness.Pending("it has no pods yet"));
        Patience patience = switch (readiness) {
            case Readiness.Indexing(long done, long _) -> phase.patience().seeing(done, now);
            case Readiness.Pending _, Readiness.Ready _, Readiness.Invalid _ ->
                phase.patience().counting(now);
        };
        String what = switch (readiness) {
            case Readiness.Indexing(long done, long total) -> "indexing " + done + " of " + total + " documents";
            case Readiness.Pending(String why) -> why;
            case Readiness.Ready _ -> model.readyReplicas(run.candidate()) + " pods ready, more are needed";
            case Readiness.Invalid(String why) -> why;
        };
        if (isOver(patience, run)) {
            return Withdrawal.because(
                    Cause.DEADLINE,
                    "no ready pod in " + Durations.text(run.plan().progressDeadline()) + ": " + what);
        }
        String reason = readiness instanceof Readiness.Indexing ? "Indexing" : "StartingCandidate";
        draft.be(new Phase.Starting(run, patience), reason, run.candidate().name() + ": " + what);
        return Optional.empty();
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
            promote(run);
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
            promote(run);
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
            promote(run);
            return Optional.empty();
        }
        if (!hasPodsFor(run, run.plan().exposureAt(next))) {
            return waiting(
                    phase,
                    clock,
                    phase.patience().counting(now),
                    "WaitingForCapacity",
                    "the next step needs " + podsFor(run, run.plan().exposureAt(next))
                            + " ready pods of the candidate, " + model.readyReplicas(run.candidate()) + " are");
        }
        enter(run, next);
        return Optional.empty();
    }

    private void enter(Run run, int step) {
        String name = run.plan().steps().get(step).name();
        draft.ask(Asking.exposed(model.uid(), run, run.plan().exposureAt(step)));
        draft.tell(
                "StepStarted",
                "step " + name + " (" + (step + 1) + "/" + run.plan().steps().size() + ")");
        draft.be(
                new Phase.Progressing(run, step, Optional.empty(), Patience.from(now)),
                "WaitingForGateways",
                "step " + name + " is asked");
        draft.lookAgainIn(Duration.ofSeconds(1));
    }

    private void promote(Run run) {
        draft.tell("Promoting", run.candidate().name() + " becomes stable");
        draft.be(
                new Phase.Promoting(run, Patience.from(now)),
                "Promoting",
                run.candidate().name() + " becomes stable");
        draft.lookAgainIn(Duration.ofSeconds(1));
    }

    private Optional<Withdrawal> waiting(
            Phase.Progressing phase, Optional<Clocked> clock, Patience patience, String reason, String message) {
        if (isOver(patience, phase.run())) {
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
        return run.plan().interval().multipliedBy(FIRST_EVIDENCE_INTERVALS);
    }

    private boolean isOver(Patience patience, Run run) {
        return patience.spentAt(now).compareTo(run.plan().progressDeadline()) >= 0;
    }

    private boolean hasPodsFor(Run run, Exposure exposure) {
        return model.readyReplicas(run.candidate()) >= podsFor(run, exposure);
    }

    private static int podsFor(Run run, Exposure exposure) {
        return Math.max(1, exposure.load().replicasOf(run.floor()));
    }

    private static String running(Step step, Trial.Finding finding) {
        return "step " + step.name() + ": " + finding.samples()
                + (step.minSamples() > 0 ? " of at least " + step.minSamples() : "") + " answers of the candidate; "
                + finding.assessment().summary();
    }
}
