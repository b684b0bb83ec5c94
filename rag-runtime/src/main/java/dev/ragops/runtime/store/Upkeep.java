package dev.ragops.runtime.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * What keeps a store from growing without end: old tombstones, vectors that nobody uses, leases of the dead. Any runtime may do it, one of
 * them does.
 *
 * <p>How old a tombstone is, is read from marks (a sequence and the time at which it was the head) and not from the rows: the version before
 * this one deletes without writing down when.
 */
public final class Upkeep {
    private static final String SCOPE = "upkeep";

    private final Connections connections;
    private final Dialect dialect;
    private final Leases leases;
    private final VectorCache vectors;
    private final String store;

    Upkeep(Connections connections, Dialect dialect, Leases leases, VectorCache vectors, String store) {
        this.connections = connections;
        this.dialect = dialect;
        this.leases = leases;
        this.vectors = vectors;
        this.store = store;
    }

    /** Does the work unless somebody did it within {@code interval}. */
    public void runOncePer(Duration interval, Duration tombstonesKept, Duration vectorsKept) {
        boolean ours = !connections
                .write(connection -> leases.claim(connection, SCOPE, List.of(store), interval))
                .isEmpty();
        if (ours) {
            compact(tombstonesKept);
            vectors.forgetUnused(vectorsKept);
            connections.write(connection -> {
                leases.forgetExpired(connection);
                return true;
            });
        }
    }

    /** Notes where the store stands now, and forgets the tombstones of what it had already deleted so long ago; readers behind them rebuild. */
    void compact(Duration age) {
        connections.write(connection -> {
            try (PreparedStatement mark = connection.prepareStatement("INSERT INTO ragops_mark (store, sequence, at)"
                    + " SELECT store, sequence, " + dialect.now
                    + " FROM ragops_store WHERE store = ? ON CONFLICT (store, sequence) DO NOTHING")) {
                mark.setString(1, store);
                mark.executeUpdate();
            }
            long through = oldEnough(connection, age);
            long forgotten = forget(connection, through);
            try (PreparedStatement tidy =
                    connection.prepareStatement("DELETE FROM ragops_mark WHERE store = ? AND sequence < ?")) {
                tidy.setString(1, store);
                tidy.setLong(2, through);
                tidy.executeUpdate();
            }
            // Last, as in every write: the counter row is held for nothing slow. Where nothing was forgotten nobody
            // needs to rebuild.
            try (PreparedStatement raise = connection.prepareStatement(
                    "UPDATE ragops_store SET compacted_through = ? WHERE store = ? AND compacted_through < ?")) {
                raise.setLong(1, forgotten);
                raise.setString(2, store);
                raise.setLong(3, forgotten);
                raise.executeUpdate();
            }
            return true;
        });
    }

    private long oldEnough(Connection connection, Duration age) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT MAX(sequence) FROM ragops_mark WHERE store = ? AND at <= " + dialect.now + " - ?")) {
            select.setString(1, store);
            select.setLong(2, age.toMillis());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    /**
     * All but those that hide a document of a bundle, also of one that nobody runs now: a rollback would serve it again.
     *
     * @return the sequence of the newest tombstone that went, 0 if none did
     */
    private long forget(Connection connection, long through) throws SQLException {
        try (PreparedStatement forget = connection.prepareStatement("DELETE FROM ragops_document"
                + " WHERE store = ? AND deleted = 1 AND kept = 0 AND sequence > 0 AND sequence <= ?"
                + " AND NOT EXISTS (SELECT 1 FROM ragops_bundled b WHERE b.store = ragops_document.store"
                + " AND b.collection = ragops_document.collection AND b.id = ragops_document.id) RETURNING sequence")) {
            forget.setString(1, store);
            forget.setLong(2, through);
            long newest = 0;
            try (ResultSet row = forget.executeQuery()) {
                while (row.next()) {
                    newest = Math.max(newest, row.getLong(1));
                }
            }
            return newest;
        }
    }
}
