/** Who gets a request: the route document, classes of requests, stickiness, buckets. Pure; no I/O, no clock. */
@NullMarked
package dev.ragops.gateway.route;

import org.jspecify.annotations.NullMarked;
