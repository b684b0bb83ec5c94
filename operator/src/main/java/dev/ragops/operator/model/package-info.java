/** Carries a RagModel from observation to objects and status: observe, decide, apply, report. */
@NullMarked
package dev.ragops.operator.model;

import org.jspecify.annotations.NullMarked;
