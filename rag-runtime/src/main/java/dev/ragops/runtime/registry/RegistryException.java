package dev.ragops.runtime.registry;

/** What the registry answered, in words a person can act on. */
public final class RegistryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private enum Kind {
        UNREACHABLE,
        MISSING,
        MISCONFIGURED,
        REFUSED
    }

    private final Kind kind;

    private RegistryException(String message, Kind kind) {
        super(message);
        this.kind = kind;
    }

    /** It did not answer, or not as a registry: trying again may help. */
    public static RegistryException unreachable(String message) {
        return new RegistryException(message, Kind.UNREACHABLE);
    }

    /** It answered, and the answer is no. */
    public static RegistryException refused(String message) {
        return new RegistryException(message, Kind.REFUSED);
    }

    /** It answered that there is no such thing. */
    static RegistryException missing(String message) {
        return new RegistryException(message, Kind.MISSING);
    }

    /** The way to it is wrong, address or credentials: what was asked for may be well. */
    static RegistryException misconfigured(String message) {
        return new RegistryException(message, Kind.MISCONFIGURED);
    }

    /** Whether it said nothing about the thing asked for: asking again helps, once the registry or the way to it is mended. */
    public boolean isOpen() {
        return kind == Kind.UNREACHABLE || kind == Kind.MISCONFIGURED;
    }

    public boolean isUnreachable() {
        return kind == Kind.UNREACHABLE;
    }

    boolean isMissing() {
        return kind == Kind.MISSING;
    }
}
