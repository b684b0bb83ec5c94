package dev.ragops.runtime.embed;

/** An embedder that cannot be loaded or run; the message names the file and what to do about it. */
public final class EmbedderException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EmbedderException(String message) {
        super(message);
    }

    public EmbedderException(String message, Throwable cause) {
        super(message, cause);
    }
}
