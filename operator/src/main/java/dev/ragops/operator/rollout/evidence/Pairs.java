package dev.ragops.operator.rollout.evidence;

/** Sums over requests that both tracks answered; each divides by {@code count}. */
public record Pairs(
        long count,
        double overlapAtK,
        double rankBiasedOverlap,
        long sameTopPassage,
        double latencyDifferenceMillis,
        long shed) {
    public static final Pairs NONE = new Pairs(0, 0, 0, 0, 0, 0);

    public Pairs plus(Pairs other) {
        return new Pairs(
                count + other.count,
                overlapAtK + other.overlapAtK,
                rankBiasedOverlap + other.rankBiasedOverlap,
                sameTopPassage + other.sameTopPassage,
                latencyDifferenceMillis + other.latencyDifferenceMillis,
                shed + other.shed);
    }

    public Pairs minus(Pairs earlier) {
        return new Pairs(
                Math.max(0, count - earlier.count),
                Math.max(0, overlapAtK - earlier.overlapAtK),
                Math.max(0, rankBiasedOverlap - earlier.rankBiasedOverlap),
                Math.max(0, sameTopPassage - earlier.sameTopPassage),
                latencyDifferenceMillis - earlier.latencyDifferenceMillis,
                Math.max(0, shed - earlier.shed));
    }
}
