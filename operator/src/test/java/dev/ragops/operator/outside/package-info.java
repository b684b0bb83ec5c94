/** Tests of how servers that are not ours are asked. */
@NullMarked
package dev.ragops.operator.outside;

import org.jspecify.annotations.NullMarked;
