/** Where route and endpoints come from: mounted files and the API server's watches. */
@NullMarked
package dev.ragops.gateway.source;

import org.jspecify.annotations.NullMarked;
