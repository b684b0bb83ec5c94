package dev.ragops.operator.rollout.machine;

import dev.ragops.operator.rollout.plan.HeaderMatch;
import dev.ragops.operator.rollout.plan.Share;
import java.util.List;

/** How requests are dealt between the tracks. */
public sealed interface Split {
    /** All to stable. */
    record None() implements Split {}

    /** All to stable, a share mirrored to the candidate. */
    record Shadow(Share share) implements Split {}

    /** A share of the buckets, and whoever asks by header, to the candidate. */
    record Served(Share share, List<HeaderMatch> matches) implements Split {
        public Served {
            matches = List.copyOf(matches);
        }
    }

    /** All to stable, a share mirrored to the previous revision. */
    record Control(Share share) implements Split {}
}
