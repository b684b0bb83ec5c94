/** The route document as it is written and numbered. */
@NullMarked
package dev.ragops.operator.route;

import org.jspecify.annotations.NullMarked;
