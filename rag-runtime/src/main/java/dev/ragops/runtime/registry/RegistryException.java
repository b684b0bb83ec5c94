package dev.ragops.runtime.registry;

/** What the registry answered, in words a person can act on. */
public final class RegistryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean unreachable;

    private RegistryException(String message, boolean unreachable) {
        super(message);
        this.unreachable = unreachable;
    }

    /** It did not answer, or not as a registry: trying again may help. */
    public static RegistryException unreachable(String message) {
        return new RegistryException(message, true);
    }

    /** It answered, and the answer is no. */
    public static RegistryException refused(String message) {
        return new RegistryException(message, false);
    }

    public boolean isUnreachable() {
        return unreachable;
    }
}
