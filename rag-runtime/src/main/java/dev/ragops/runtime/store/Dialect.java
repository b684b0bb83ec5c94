package dev.ragops.runtime.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Where the two databases differ. */
enum Dialect {
    SQLITE("sqlite", "BLOB", "INTEGER", "") {
        @Override
        void lockMigrations(Connection connection) {
            // BEGIN IMMEDIATE, which every write transaction uses, is the lock.
        }
    },
    POSTGRES("postgres", "BYTEA", "BIGINT", " FOR UPDATE") {
        @Override
        void lockMigrations(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_advisory_xact_lock(4281057311)");
            }
        }
    };

    final String kind;
    private final String bytes;
    private final String number;
    /** What a read that precedes a write of the same rows appends. */
    final String forUpdate;

    Dialect(String kind, String bytes, String number, String forUpdate) {
        this.kind = kind;
        this.bytes = bytes;
        this.number = number;
        this.forUpdate = forUpdate;
    }

    /** Two processes starting at once migrate one after the other. */
    abstract void lockMigrations(Connection connection) throws SQLException;

    /** Each migration only adds, so that the version before it goes on reading and writing. */
    List<List<String>> migrations() {
        return List.of(List.of(
                "CREATE TABLE ragops_store (store TEXT PRIMARY KEY, epoch TEXT NOT NULL, sequence " + number
                        + " NOT NULL, compacted_through " + number + " NOT NULL)",
                "CREATE TABLE ragops_document (store TEXT NOT NULL, collection TEXT NOT NULL, id TEXT NOT NULL, sequence "
                        + number
                        + " NOT NULL, content_hash TEXT NOT NULL, deleted INTEGER NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL,"
                        + " metadata TEXT NOT NULL, PRIMARY KEY (store, collection, id))",
                "CREATE INDEX ragops_document_sequence ON ragops_document (store, sequence)",
                "CREATE TABLE ragops_vector (fingerprint TEXT NOT NULL, input_hash TEXT NOT NULL, vector " + bytes
                        + " NOT NULL, PRIMARY KEY (fingerprint, input_hash))"));
    }
}
