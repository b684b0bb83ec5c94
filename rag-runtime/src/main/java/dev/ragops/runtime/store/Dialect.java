package dev.ragops.runtime.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Where the two databases differ. */
enum Dialect {
    SQLITE(
            "sqlite",
            "BLOB",
            "INTEGER",
            "",
            "SELECT value FROM json_each(?)",
            "CAST(unixepoch('subsec') * 1000 AS INTEGER)") {
        @Override
        void lockMigrations(Connection connection) {
            // BEGIN IMMEDIATE, which every write transaction uses, is the lock.
        }

        /** There is one writer at a time, so that the next number can be given before the counter is raised. */
        @Override
        Optional<Long> number(Connection connection, String store, String collection, Collection<String> ids)
                throws SQLException {
            try (PreparedStatement number = connection.prepareStatement("UPDATE ragops_document"
                    + " SET sequence = (SELECT sequence + 1 FROM ragops_store WHERE store = ?)"
                    + " WHERE store = ? AND collection = ? AND id IN (" + list + ")")) {
                number.setString(1, store);
                number.setString(2, store);
                number.setString(3, collection);
                number.setString(4, Contents.list(ids));
                number.executeUpdate();
            }
            try (PreparedStatement raise = connection.prepareStatement(
                    "UPDATE ragops_store SET sequence = sequence + 1 WHERE store = ? RETURNING sequence")) {
                raise.setString(1, store);
                return one(raise);
            }
        }

        /** A file that was copied back cannot be told from the one that was there; a reader that is ahead of it can. */
        @Override
        String incarnation(Connection connection) {
            return "";
        }
    },
    POSTGRES(
            "postgres",
            "BYTEA",
            "BIGINT",
            " FOR UPDATE",
            "SELECT value FROM json_array_elements_text(CAST(? AS json))",
            "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)") {
        @Override
        void lockMigrations(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                // A new column waits for readers of the table, and everybody else waits behind it: rather try again
                // later.
                statement.execute("SET LOCAL lock_timeout = '5s'");
                statement.execute("SELECT pg_advisory_xact_lock(4281057311)");
            }
        }

        /**
         * One statement, so that nothing runs between the raised counter and the commit. Rows are looked up one by one, by the whole key: given a list, a
         * table that was never analysed is read through, 30,000 rows in 13 ms instead of 0.3. Where they lie cannot change: this transaction locks them.
         */
        @Override
        Optional<Long> number(Connection connection, String store, String collection, Collection<String> ids)
                throws SQLException {
            try (PreparedStatement raise = connection.prepareStatement(
                    "WITH raised AS (UPDATE ragops_store SET sequence = sequence + 1 WHERE store = ? RETURNING sequence),"
                            + " numbered AS (UPDATE ragops_document SET sequence = raised.sequence FROM raised"
                            + " WHERE ragops_document.ctid = ANY (ARRAY(SELECT (SELECT own.ctid FROM ragops_document own"
                            + " WHERE own.store = ? AND own.collection = ? AND own.id = put.value) FROM (" + list
                            + ") AS put)))"
                            + " SELECT sequence FROM raised")) {
                raise.setString(1, store);
                raise.setString(2, store);
                raise.setString(3, collection);
                raise.setString(4, Contents.list(ids));
                return one(raise);
            }
        }

        /** Another cluster after a dump was loaded elsewhere, another timeline after a recovery or a promoted standby. */
        @Override
        String incarnation(Connection connection) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT (SELECT system_identifier FROM pg_control_system())"
                            + " || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)")) {
                return row.next() ? row.getString(1) : "";
            } catch (SQLException e) {
                // A provider that hides these leaves us with the other sign of a restore: a reader ahead of the store.
                return "";
            }
        }
    };

    final String kind;
    private final String bytes;
    private final String number;
    /** What a read that precedes a write of the same rows appends. */
    final String forUpdate;
    /** A table of one column {@code value} from one parameter: a JSON array of texts. */
    final String list;
    /** Milliseconds since 1970 on the database's clock, the one clock that all processes share. */
    final String now;

    Dialect(String kind, String bytes, String number, String forUpdate, String list, String now) {
        this.kind = kind;
        this.bytes = bytes;
        this.number = number;
        this.forUpdate = forUpdate;
        this.list = list;
        this.now = now;
    }

    /** Two processes starting at once migrate one after the other. */
    abstract void lockMigrations(Connection connection) throws SQLException;

    /**
     * Raises the counter and gives its number to the rows of these ids, which this transaction put down: the last thing before the commit. They are found by
     * their key: by their sequence 0 it would walk over the dead versions of all writes that a vacuum has not reached, with the counter row held.
     *
     * @return empty when there is no such store
     */
    abstract Optional<Long> number(Connection connection, String store, String collection, Collection<String> ids)
            throws SQLException;

    /** Names the database that answers, as opposed to an earlier one that it was restored from; empty when that cannot be told. */
    abstract String incarnation(Connection connection);

    private static Optional<Long> one(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
        }
    }

    /**
     * Each migration only adds, so that the version before it goes on reading and writing. It takes the tables in the order in which writers do, the counter
     * last: the other way round a writer and the migration would wait for each other.
     */
    List<List<String>> migrations() {
        return List.of(
                List.of(
                        "CREATE TABLE ragops_store (store TEXT PRIMARY KEY, epoch TEXT NOT NULL, sequence " + number
                                + " NOT NULL, compacted_through " + number + " NOT NULL)",
                        "CREATE TABLE ragops_document (store TEXT NOT NULL, collection TEXT NOT NULL, id TEXT NOT NULL, sequence "
                                + number
                                + " NOT NULL, content_hash TEXT NOT NULL, deleted INTEGER NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL,"
                                + " metadata TEXT NOT NULL, PRIMARY KEY (store, collection, id))",
                        "CREATE INDEX ragops_document_sequence ON ragops_document (store, sequence)",
                        "CREATE TABLE ragops_vector (fingerprint TEXT NOT NULL, input_hash TEXT NOT NULL, vector "
                                + bytes + " NOT NULL, PRIMARY KEY (fingerprint, input_hash))"),
                List.of(
                        "ALTER TABLE ragops_document ADD COLUMN kept INTEGER NOT NULL DEFAULT 0",
                        "CREATE INDEX ragops_document_tombstone ON ragops_document (store, sequence) WHERE deleted = 1",
                        "ALTER TABLE ragops_vector ADD COLUMN used_day INTEGER",
                        "CREATE TABLE ragops_mark (store TEXT NOT NULL, sequence " + number + " NOT NULL, at " + number
                                + " NOT NULL, PRIMARY KEY (store, sequence))",
                        "CREATE TABLE ragops_lease (scope TEXT NOT NULL, item TEXT NOT NULL, holder TEXT NOT NULL, until "
                                + number + " NOT NULL, PRIMARY KEY (scope, item))",
                        "ALTER TABLE ragops_store ADD COLUMN incarnation TEXT NOT NULL DEFAULT ''"),
                List.of("CREATE TABLE ragops_bundled (store TEXT NOT NULL, collection TEXT NOT NULL, id TEXT NOT NULL,"
                        + " PRIMARY KEY (store, collection, id))"));
    }
}
