package dev.ragops.operator.rollout.machine;

import dev.ragops.operator.rollout.plan.Plan;

/**
 * The manifest of a rollout.
 *
 * @param plan what the next run would copy
 */
public record Settings(Plan plan, Intents intents) {}
