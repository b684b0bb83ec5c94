/** Pods and tries. */
@NullMarked
package dev.ragops.gateway.proxy;

import org.jspecify.annotations.NullMarked;
