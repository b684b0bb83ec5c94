package dev.ragops.operator.rollout.machine;

import dev.ragops.operator.rollout.plan.OnNewRevision;
import dev.ragops.operator.rollout.plan.Plan;
import java.time.Duration;

/**
 * The manifest of a rollout.
 *
 * @param plan what the next run would copy
 */
public record Settings(Plan plan, OnNewRevision onNewRevision, Duration interval, Intents intents) {}
