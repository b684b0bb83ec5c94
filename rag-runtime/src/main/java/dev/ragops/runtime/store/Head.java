package dev.ragops.runtime.store;

/**
 * Where the store stands.
 *
 * @param epoch new after a restore: a view of another epoch is rebuilt
 * @param compactedThrough tombstones up to here are gone: a view with an older cursor is rebuilt
 */
public record Head(String epoch, long sequence, long compactedThrough) {}
