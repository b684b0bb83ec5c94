package dev.ragops.operator.rollout.plan;

/** A rule on how far the candidate's answers may differ from stable's to the same questions. */
public record ComparisonRule(Metric metric, Bound bound) {
    public double limit() {
        return switch (bound) {
            case Bound.AtLeast(var limit) -> limit.doubleValue();
            case Bound.AtMost(var limit) -> limit.doubleValue();
        };
    }

    /** What is compared, with the name it has in manifests and evidence. */
    public enum Metric {
        OVERLAP_AT_K("overlapAtK"),
        RANK_BIASED_OVERLAP("rankBiasedOverlap"),
        SAME_TOP_PASSAGE("sameTopPassage"),
        LATENCY_P95_RATIO("latencyP95Ratio");

        private final String wireName;

        Metric(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }
    }
}
