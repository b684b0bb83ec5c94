/** Starts a gateway: settings from the environment, the sources, the two servers, and an orderly end. */
@NullMarked
package dev.ragops.gateway;

import org.jspecify.annotations.NullMarked;
