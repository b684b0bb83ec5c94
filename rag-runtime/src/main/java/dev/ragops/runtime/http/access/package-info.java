/** Who may call, and what: the RagModel's own tokens, and API keys of clients. Knows no server. */
@NullMarked
package dev.ragops.runtime.http.access;

import org.jspecify.annotations.NullMarked;
