/**
 * Nearest vectors: exact scan and graph behind one port, SIMD kernels below it. Pure memory: no I/O, no clock, no text.
 */
@NullMarked
package dev.ragops.runtime.index;

import org.jspecify.annotations.NullMarked;
