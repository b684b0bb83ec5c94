/** From documents to what a query reads: chunk, embed, index, swap. */
@NullMarked
package dev.ragops.runtime.view;

import org.jspecify.annotations.NullMarked;
