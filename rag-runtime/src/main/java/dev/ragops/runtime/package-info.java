/** The retrieval server of one revision. A request flows http → view and search → answer → http; documents flow http → store → view. */
@NullMarked
package dev.ragops.runtime;

import org.jspecify.annotations.NullMarked;
