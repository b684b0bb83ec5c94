package dev.ragops.runtime.http.serve;

/**
 * Who answers.
 *
 * @param revision empty outside a cluster
 * @param version of the registered model, empty when unknown
 * @param bundleDigest empty without a bundle
 * @param configDigest SHA-256 (hex) of the overrides, empty without any
 */
public record Identity(String revision, String version, String bundleDigest, String configDigest, String fingerprint) {}
