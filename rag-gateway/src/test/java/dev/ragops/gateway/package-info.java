/** The gateway as a whole, in front of runtimes that do as they are told. */
@NullMarked
package dev.ragops.gateway;

import org.jspecify.annotations.NullMarked;
