package dev.ragops.runtime.store;

/** The store cannot be read or written now; nothing that was acknowledged is lost, and trying again may help. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    public StoreException(String message) {
        super(message);
    }
}
