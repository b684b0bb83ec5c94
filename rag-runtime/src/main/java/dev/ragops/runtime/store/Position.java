package dev.ragops.runtime.store;

/**
 * How far a reader has come.
 *
 * @param epoch of the store when it read; empty before it read anything
 */
public record Position(String epoch, long sequence) {
    public static final Position START = new Position("", 0);
}
