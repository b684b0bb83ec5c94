/**
 * What a rollout intends: steps, shares and rules, as values copied once when it starts. No clock, no client, no thread comes in here.
 */
@NullMarked
package dev.ragops.operator.rollout.plan;

import org.jspecify.annotations.NullMarked;
