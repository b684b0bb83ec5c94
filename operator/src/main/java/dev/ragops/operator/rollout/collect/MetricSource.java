package dev.ragops.operator.rollout.collect;

import java.util.OptionalDouble;

/** Where the numbers of Prometheus checks come from. */
public interface MetricSource {
    /** The one value of an instant query; empty when it has none. Blocks for a bounded time; throws with the reason when it cannot be asked. */
    OptionalDouble query(Subject subject, Subject.Prometheus prometheus, String query);
}
