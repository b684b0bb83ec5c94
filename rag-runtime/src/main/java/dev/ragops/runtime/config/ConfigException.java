package dev.ragops.runtime.config;

/** A setting that cannot be; the message names the file and the field. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }
}
