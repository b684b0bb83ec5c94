package dev.ragops.operator.rollout.plan;

import java.time.Duration;

/**
 * The time after a promotion in which the previous revision stays warm and a breach takes users back.
 *
 * @param duration zero: no watch
 * @param control share of the requests mirrored to the previous revision, to tell a bad version from a bad day
 * @param minSamples events of the promoted revision before the watch may end
 */
public record Watch(Duration duration, Share control, long minSamples) {
    /** The name a watch has where steps are named. */
    public static final String NAME = "watch";
}
