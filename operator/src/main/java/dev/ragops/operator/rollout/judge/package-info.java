/**
 * Says whether a revision is good enough, from counts. Pure: values in, verdicts out; no clock, no client, no thread comes in here.
 */
@NullMarked
package dev.ragops.operator.rollout.judge;

import org.jspecify.annotations.NullMarked;
