/**
 * Documents, the truth: durable, in commit order, on SQLite or PostgreSQL. {@code DocumentWrites} and {@code DocumentReads} are the two halves,
 * {@code VectorCache} and {@code Leases} what replicas share so that none works twice, {@code Upkeep} what keeps it small. No index and no HTTP comes
 * in here.
 */
@NullMarked
package dev.ragops.runtime.store;

import org.jspecify.annotations.NullMarked;
