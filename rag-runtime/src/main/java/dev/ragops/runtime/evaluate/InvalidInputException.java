package dev.ragops.runtime.evaluate;

/** A file of a collection or a run that is missing or not what it should be; the message names file and line. */
public final class InvalidInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidInputException(String message, Throwable cause) {
        super(message, cause);
    }

    public InvalidInputException(String message) {
        super(message);
    }
}
