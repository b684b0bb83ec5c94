/** Metrics of this process. */
@NullMarked
package dev.ragops.runtime.observe;

import org.jspecify.annotations.NullMarked;
