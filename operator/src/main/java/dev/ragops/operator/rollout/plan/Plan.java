package dev.ragops.operator.rollout.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything a rollout goes by, copied when it starts, so that an edit of the manifest applies to the next one.
 *
 * @param maxLag changes of the document store by which the tracks may differ while their answers are compared
 * @param interval how often evidence is collected and judged
 */
public record Plan(
        List<Step> steps,
        List<ComparisonRule> comparisons,
        long maxLag,
        OnInconclusive onInconclusive,
        OnNoData onNoData,
        OnNewRevision onNewRevision,
        Duration interval,
        Duration progressDeadline,
        boolean fallback,
        Watch watch) {
    public Plan {
        steps = List.copyOf(steps);
        comparisons = List.copyOf(comparisons);
    }

    /** What users meet at step {@code index}: shares and headers persist into later steps that do not set them. */
    public Exposure exposureAt(int index) {
        Exposure exposure = Exposure.NOBODY;
        for (Step step : steps.subList(0, index + 1)) {
            exposure = switch (step) {
                case Step.Shadow shadow -> new Exposure(new Exposure.Mirrored(shadow.share()), exposure.matches());
                case Step.Ab ab -> new Exposure(new Exposure.Served(ab.share()), merged(exposure, ab.matches()));
                case Step.Canary canary ->
                    new Exposure(new Exposure.Served(canary.share()), merged(exposure, canary.matches()));
                case Step.Pause _, Step.Evaluate _ -> exposure;
            };
        }
        return exposure;
    }

    private static List<HeaderMatch> merged(Exposure before, List<HeaderMatch> added) {
        List<HeaderMatch> matches = new ArrayList<>(before.matches());
        added.stream().filter(match -> !matches.contains(match)).forEach(matches::add);
        return List.copyOf(matches);
    }
}
