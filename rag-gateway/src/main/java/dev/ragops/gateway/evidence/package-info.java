/** What is counted for each track and generation, and when the gateway ejects a candidate by itself. Pure; the caller brings the time. */
@NullMarked
package dev.ragops.gateway.evidence;

import org.jspecify.annotations.NullMarked;
