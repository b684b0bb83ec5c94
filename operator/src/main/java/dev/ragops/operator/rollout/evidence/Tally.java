package dev.ragops.operator.rollout.evidence;

/** Everything counted for one generation of the route, by one gateway process or summed over all. */
public record Tally(
        TrackEvidence stable,
        TrackEvidence candidate,
        TrackEvidence control,
        long userTotal,
        long userErrors,
        long fallbacks,
        long unsticky,
        Pairs pairs) {
    public static final Tally NONE =
            new Tally(TrackEvidence.NONE, TrackEvidence.NONE, TrackEvidence.NONE, 0, 0, 0, 0, Pairs.NONE);

    public Tally plus(Tally other) {
        return new Tally(
                stable.plus(other.stable),
                candidate.plus(other.candidate),
                control.plus(other.control),
                userTotal + other.userTotal,
                userErrors + other.userErrors,
                fallbacks + other.fallbacks,
                unsticky + other.unsticky,
                pairs.plus(other.pairs));
    }

    public Tally minus(Tally earlier) {
        return new Tally(
                stable.minus(earlier.stable),
                candidate.minus(earlier.candidate),
                control.minus(earlier.control),
                Math.max(0, userTotal - earlier.userTotal),
                Math.max(0, userErrors - earlier.userErrors),
                Math.max(0, fallbacks - earlier.fallbacks),
                Math.max(0, unsticky - earlier.unsticky),
                pairs.minus(earlier.pairs));
    }
}
