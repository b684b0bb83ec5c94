/** Tells the world what was decided: events, metrics, tags on the registered version. Nothing here is waited for by a decision. */
@NullMarked
package dev.ragops.operator.rollout.report;

import org.jspecify.annotations.NullMarked;
