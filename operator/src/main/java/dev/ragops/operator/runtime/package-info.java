/** What runtime pods say of themselves, asked in the background: what they run, how far they have indexed, how far they are behind. */
@NullMarked
package dev.ragops.operator.runtime;

import org.jspecify.annotations.NullMarked;
