/** Where route and endpoints come from. */
@NullMarked
package dev.ragops.gateway.source;

import org.jspecify.annotations.NullMarked;
