/**
 * From passages to an answer with citations. A question becomes a prompt, what the generator says a transcript, and that an answer; without a generator, or when it
 * fails, sentences of the sources are the answer. What was asked and said leaves this room in the answer only: no log line, no metric, no exception holds it.
 */
@NullMarked
package dev.ragops.runtime.answer;

import org.jspecify.annotations.NullMarked;
