/** The root of the end-to-end module; nothing lives here but the packages below. */
@NullMarked
package dev.ragops.e2e;

import org.jspecify.annotations.NullMarked;
