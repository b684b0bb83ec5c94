/** The runtime's own shape of the API: questions, documents, health. */
@NullMarked
package dev.ragops.runtime.http.rag;

import org.jspecify.annotations.NullMarked;
