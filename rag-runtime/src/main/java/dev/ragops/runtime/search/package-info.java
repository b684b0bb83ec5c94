/**
 * A view and the questions asked of it: filters, the two legs, their fusion, re-ranking. No HTTP, no store.
 */
@NullMarked
package dev.ragops.runtime.search;

import org.jspecify.annotations.NullMarked;
