package dev.ragops.operator.rollout.machine;

/**
 * A revision and what it is made of, so that a rejection follows the content and not the name.
 *
 * @param name {@code <model>-<hash>}
 * @param version of the registered model
 * @param digest of its bundle
 * @param config digest of the overrides it runs with
 */
public record RevisionId(String name, String version, String digest, String config) {
    /** A revision of which only the name is known. */
    public static RevisionId named(String name) {
        return new RevisionId(name, "", "", "");
    }
}
