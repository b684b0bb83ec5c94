/** The shapes that clients of KAITO's RAGEngine speak: index, retrieve, list. */
@NullMarked
package dev.ragops.runtime.http.kaito;

import org.jspecify.annotations.NullMarked;
