/** Immutable revisions: what makes one, how it is recorded. Pure values; no client comes in. */
@NullMarked
package dev.ragops.operator.revision;

import org.jspecify.annotations.NullMarked;
