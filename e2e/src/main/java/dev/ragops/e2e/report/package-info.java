/**
 * What a run claims and what was measured: pure values and arithmetic over moments that were seen. No cluster, no clock.
 */
@NullMarked
package dev.ragops.e2e.report;

import org.jspecify.annotations.NullMarked;
