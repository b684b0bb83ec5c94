/** Documents, the truth: durable, in commit order, on SQLite or PostgreSQL. No index and no HTTP comes in here. */
@NullMarked
package dev.ragops.runtime.store;

import org.jspecify.annotations.NullMarked;
