/**
 * Asks gateways and Prometheus beside the reconcile and leaves what they said with its time, so that nothing slow ever blocks a decision. What is
 * summed and how is pure ({@code Ledger}); the asking stands behind {@code EvidenceSource} and {@code MetricSource}.
 */
@NullMarked
package dev.ragops.operator.rollout.collect;

import org.jspecify.annotations.NullMarked;
