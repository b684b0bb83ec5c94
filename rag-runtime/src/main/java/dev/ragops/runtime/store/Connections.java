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

    private final HikariDataSource source;

    Connections(HikariConfig config) {
        config.setConnectionTimeout(5_000);
        config.setPoolName("ragops-store");
        // A store that is down must not keep the process from starting to serve what its bundle ships.
        config.setInitializationFailTimeout(-1);
        this.source = new HikariDataSource(config);
    }

    /** One moment a statement: what changes between two statements of one read shows up in the next read. */
    <T> T read(Work<T> work) {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(true);
            return work.run(connection);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    <T> T write(Work<T> work) {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.run(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static StoreException failed(SQLException e) {
        return new StoreException("the document store does not answer: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        source.close();
    }
}
