package dev.ragops.runtime.bundle;

/** A bundle that must not be served; the message names the file and what is wrong with it. Trying again does not help. */
public final class BundleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BundleException(String message) {
        super(message);
    }

    public BundleException(String message, Throwable cause) {
        super(message, cause);
    }
}
