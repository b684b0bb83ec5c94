/** The objects a RagModel owns, built whole from values. Pure; no client comes in. */
@NullMarked
package dev.ragops.operator.workload;

import org.jspecify.annotations.NullMarked;
