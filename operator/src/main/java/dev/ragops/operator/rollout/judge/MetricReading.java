package dev.ragops.operator.rollout.judge;

import dev.ragops.operator.rollout.plan.Bound;
import java.util.OptionalDouble;

/**
 * What a Prometheus check last answered.
 *
 * @param value empty when there is no recent answer
 * @param problem why there is none, or empty
 */
public record MetricReading(String name, Bound bound, OptionalDouble value, String problem) {}
