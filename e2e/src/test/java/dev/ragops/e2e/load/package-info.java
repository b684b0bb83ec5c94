/** What the load generator counts, checked against a server that misbehaves on demand. */
@NullMarked
package dev.ragops.e2e.load;

import org.jspecify.annotations.NullMarked;
