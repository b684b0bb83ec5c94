/**
 * Words to scores: BM25 over an in-memory Lucene index that follows the documents by increments.
 */
@NullMarked
package dev.ragops.runtime.lexical;

import org.jspecify.annotations.NullMarked;
