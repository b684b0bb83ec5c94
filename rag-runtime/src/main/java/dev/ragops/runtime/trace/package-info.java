/** The ids of a request: into the log, into the answer, and on to whatever is asked on its behalf. Nothing else comes in. */
@NullMarked
package dev.ragops.runtime.trace;

import org.jspecify.annotations.NullMarked;
