/**
 * What gateways have counted, as values that can be added and subtracted. No clock, no client, no thread comes in here.
 */
@NullMarked
package dev.ragops.operator.rollout.evidence;

import org.jspecify.annotations.NullMarked;
