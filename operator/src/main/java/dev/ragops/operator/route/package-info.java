/** Who gets what: the route document, its generation, and the memory beside it. Pure values; no client comes in. */
@NullMarked
package dev.ragops.operator.route;

import org.jspecify.annotations.NullMarked;
