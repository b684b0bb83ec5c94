package dev.ragops.api.v1alpha1;

/** Names of the API that more than one module spells. */
public final class Api {
    public static final String GROUP = "ragops.dev";
    public static final String VERSION = "v1alpha1";

    private Api() {}
}
