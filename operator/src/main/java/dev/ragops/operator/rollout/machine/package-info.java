/**
 * Decides what happens next to a rollout. Pure: {@link dev.ragops.operator.rollout.machine.Snapshot} in, {@link dev.ragops.operator.rollout.machine.Decision}
 * out. No clock, no client, no Kubernetes type and no thread comes in here; time is a field of the snapshot.
 */
@NullMarked
package dev.ragops.operator.rollout.machine;

import org.jspecify.annotations.NullMarked;
