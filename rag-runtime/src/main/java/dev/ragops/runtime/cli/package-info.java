/** Commands of the runtime's jar. */
@NullMarked
package dev.ragops.runtime.cli;

import org.jspecify.annotations.NullMarked;
