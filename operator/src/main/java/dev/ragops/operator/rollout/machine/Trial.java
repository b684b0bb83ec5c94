package dev.ragops.operator.rollout.machine;

import dev.ragops.operator.rollout.evidence.Ejection;
import dev.ragops.operator.rollout.evidence.Evidence;
import dev.ragops.operator.rollout.evidence.Tally;
import dev.ragops.operator.rollout.evidence.TrackEvidence;
import dev.ragops.operator.rollout.judge.Assessment;
import dev.ragops.operator.rollout.judge.Case;
import dev.ragops.operator.rollout.judge.Judge;
import dev.ragops.operator.rollout.judge.Ruling;
import java.util.List;
import java.util.Optional;

/** Puts the evidence of exactly one generation before the judge, and nothing older than two intervals. */
final class Trial {
    private final Judge judge;
    private final Snapshot snapshot;
    private final ModelView model;

    Trial(Judge judge, Snapshot snapshot, ModelView model) {
        this.judge = judge;
        this.snapshot = snapshot;
        this.model = model;
    }

    /** What was found, and how many events of the subject it rests on. */
    record Finding(Assessment assessment, Optional<Evidence> evidence, long samples) {
        Ruling ruling() {
            return assessment.ruling();
        }
    }

    /** Whether answers cannot be compared, because the tracks answer from different documents. */
    boolean isHeld(Run run) {
        return !run.plan().comparisons().isEmpty()
                && model.lagBetween(run.candidate(), run.stable()) > run.plan().maxLag();
    }

    /** The candidate against stable. */
    Finding ofCandidate(Run run, long generation, long minSamples, boolean mirrored) {
        return hold(run, generation, minSamples, false, mirrored);
    }

    /** The promoted revision against the previous one. */
    Finding ofPromoted(Run run, long generation) {
        return hold(run, generation, run.plan().watch().minSamples(), true, true);
    }

    private Finding hold(Run run, long generation, long minSamples, boolean promoted, boolean mirrored) {
        Optional<Evidence> evidence = snapshot.evidence().filter(e -> e.generation() == generation);
        if (evidence.isEmpty()) {
            return new Finding(
                    Assessment.noData("no gateway has reported generation " + generation + " yet"), evidence, 0);
        }
        Evidence seen = evidence.get();
        Tally tally = seen.tally();
        TrackEvidence subject = promoted ? tally.stable() : tally.candidate();
        Optional<String> ejected = seen.ejection()
                .filter(e -> e.revision().equals(run.candidate().name()))
                .map(Ejection::reason);
        if (ejected.isEmpty() && !seen.freshAt(snapshot.now(), run.plan().interval())) {
            return new Finding(
                    Assessment.noData("the gateways were last heard at " + seen.at()), evidence, subject.total());
        }
        Case it = new Case(
                subject,
                promoted ? tally.control() : tally.stable(),
                tally.pairs(),
                model.objectives(),
                promoted || isHeld(run) ? List.of() : run.plan().comparisons(),
                snapshot.readings(),
                mirrored,
                ejected,
                minSamples);
        return new Finding(judge.assess(it), evidence, subject.total());
    }
}
