/** Tests of what the whole control plane shares, and of its borders. */
@NullMarked
package dev.ragops.operator;

import org.jspecify.annotations.NullMarked;
