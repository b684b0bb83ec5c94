package dev.ragops.operator.revision;

/**
 * A revision by everything that identifies it.
 *
 * @param name {@code <model>-<10 hex digits>}
 * @param digest of the bundle
 * @param configDigest of everything in the spec that changes an answer
 */
public record Revision(String name, String version, String runId, String digest, String configDigest) {}
