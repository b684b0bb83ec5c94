/**
 * Text to unit vectors: tokenizer, ONNX session, fingerprint. Reads weights once at the start; no HTTP, no store, no index.
 */
@NullMarked
package dev.ragops.runtime.embed;

import org.jspecify.annotations.NullMarked;
