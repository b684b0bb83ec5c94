/** From passages to an answer with citations. */
@NullMarked
package dev.ragops.runtime.answer;

import org.jspecify.annotations.NullMarked;
