/** Who gets a request. */
@NullMarked
package dev.ragops.gateway.route;

import org.jspecify.annotations.NullMarked;
