/** What is counted. */
@NullMarked
package dev.ragops.gateway.evidence;

import org.jspecify.annotations.NullMarked;
