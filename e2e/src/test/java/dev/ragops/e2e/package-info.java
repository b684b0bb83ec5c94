/** The borders of the module. */
@NullMarked
package dev.ragops.e2e;

import org.jspecify.annotations.NullMarked;
