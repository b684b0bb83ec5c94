/**
 * Documents to passages with exact character offsets. Pure.
 */
@NullMarked
package dev.ragops.runtime.chunk;

import org.jspecify.annotations.NullMarked;
