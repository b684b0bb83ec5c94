package dev.ragops.runtime.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;

/** Pooled connections; a write is one transaction. */
final class Connections implements AutoCloseable {
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    /** Writers that meet on the same rows in different order: one is sent back, and finds the way free then. */
    private static final String DEADLOCK = "40P01";

    private static final int ATTEMPTS = 5;

    private final HikariDataSource source;

    Connections(HikariConfig config) {
        config.setConnectionTimeout(5_000);
        config.setPoolName("ragops-store");
        // A store that is down must not keep the process from starting to serve what its bundle ships.
        config.setInitializationFailTimeout(-1);
        this.source = new HikariDataSource(config);
    }

    /** One moment a statement: what changes between two statements of one read shows up in the second. */
    <T> T read(Work<T> work) {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(true);
            return work.run(connection);
        } catch (SQLException e) {
            throw StoreException.of(e);
        }
    }

    /** @param work may run again from the start: it must be the same then */
    <T> T write(Work<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(work);
            } catch (SQLException e) {
                if (attempt == ATTEMPTS || !DEADLOCK.equals(e.getSQLState())) {
                    throw StoreException.of(e);
                }
            }
        }
    }

    private <T> T once(Work<T> work) throws SQLException {
        try (Connection connection = source.getConnection()) {
            begin(connection);
            try {
                T result = work.run(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                try {
                    connection.rollback();
                } catch (SQLException gone) {
                    // SQLite ends a transaction by itself when it cannot write, and its driver goes on thinking there
                    // is one.
                    source.evictConnection(connection);
                    e.addSuppressed(gone);
                }
                throw e;
            }
        }
    }

    /** SQLite's driver begins here, and after waiting in vain thinks it had begun: such a connection is of no more use. */
    private void begin(Connection connection) throws SQLException {
        try {
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            source.evictConnection(connection);
            throw e;
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
