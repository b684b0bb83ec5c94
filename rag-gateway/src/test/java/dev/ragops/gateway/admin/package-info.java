/** The second port. */
@NullMarked
package dev.ragops.gateway.admin;

import org.jspecify.annotations.NullMarked;
