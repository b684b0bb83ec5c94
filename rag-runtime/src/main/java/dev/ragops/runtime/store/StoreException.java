package dev.ragops.runtime.store;

import java.sql.SQLException;
import java.util.Optional;
import org.sqlite.SQLiteException;

/** The store cannot be read or written now; nothing that was acknowledged is lost, and trying again may help. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    public StoreException(String message) {
        super(message);
    }

    /** What a database said, in words that say what to do. */
    static StoreException of(SQLException e) {
        // A pool that waited in vain tells the reason in its cause.
        Throwable reason = e.getSQLState() == null && e.getCause() instanceof SQLException cause ? cause : e;
        return new StoreException(words((SQLException) reason) + ": " + firstLine(reason), e);
    }

    private static String words(SQLException e) {
        if (e instanceof SQLiteException sqlite) {
            return switch (sqlite.getResultCode()) {
                case SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC -> full();
                case SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT, SQLITE_BUSY_TIMEOUT, SQLITE_LOCKED ->
                    "the document store is busy: another process has been writing for longer than we wait";
                case SQLITE_CORRUPT, SQLITE_NOTADB ->
                    "the document store's file is damaged: restore it from a backup (docs/documents.md)";
                default -> "the document store does not answer";
            };
        }
        String state = Optional.ofNullable(e.getSQLState()).orElse("");
        return switch (state) {
            case "53100" -> full();
            case "53300" -> "the document store has no connection free: raise max_connections or run fewer replicas";
            case "25006" -> "the document store is read-only: the address leads to a standby";
            case "28000", "28P01" -> "the document store refuses the user or the password of its address";
            default -> "the document store does not answer";
        };
    }

    private static String full() {
        return "the document store has no space left, nothing of this write was kept: enlarge its volume or delete documents";
    }

    /** The lines after the first may quote a row, and a row is a user's text. */
    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
