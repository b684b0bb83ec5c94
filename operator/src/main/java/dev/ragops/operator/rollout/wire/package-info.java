/**
 * Between the API's types and the rollout's own words, both ways and without loss: what a decision needs can be read back from the status it
 * wrote. No client and no clock comes in here.
 */
@NullMarked
package dev.ragops.operator.rollout.wire;

import org.jspecify.annotations.NullMarked;
