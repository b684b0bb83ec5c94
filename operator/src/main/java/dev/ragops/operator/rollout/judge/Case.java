package dev.ragops.operator.rollout.judge;

import dev.ragops.operator.rollout.evidence.Pairs;
import dev.ragops.operator.rollout.evidence.TrackEvidence;
import dev.ragops.operator.rollout.plan.ComparisonRule;
import java.util.List;
import java.util.Optional;

/**
 * What is put before the judge.
 *
 * @param subject the track on trial: the candidate, or in a watch the promoted revision
 * @param reference the track it is measured against: stable, or in a watch the previous revision
 * @param mirrored whether requests are answered by both tracks, so that answers can be compared
 * @param ejected why a gateway took the subject out by itself, if one did
 */
public record Case(
        TrackEvidence subject,
        TrackEvidence reference,
        Pairs pairs,
        List<Objective> objectives,
        List<ComparisonRule> comparisons,
        List<MetricReading> readings,
        boolean mirrored,
        Optional<String> ejected,
        long minSamples) {
    public Case {
        objectives = List.copyOf(objectives);
        comparisons = List.copyOf(comparisons);
        readings = List.copyOf(readings);
    }
}
