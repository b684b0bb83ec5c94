package dev.ragops.runtime.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Brings the schema forward, once, whoever starts first. */
final class Migrations {
    private Migrations() {}

    static void run(Connection connection, Dialect dialect) throws SQLException {
        run(connection, dialect, dialect.migrations().size());
    }

    /** @param upTo version to stop at: what an older runtime would have left */
    static void run(Connection connection, Dialect dialect, int upTo) throws SQLException {
        dialect.lockMigrations(connection);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS ragops_schema (version INTEGER PRIMARY KEY)");
            int version;
            try (ResultSet row = statement.executeQuery("SELECT COALESCE(MAX(version), 0) FROM ragops_schema")) {
                row.next();
                version = row.getInt(1);
            }
            List<List<String>> migrations = dialect.migrations();
            // A newer schema than ours only has more in it; we go on with what we know.
            for (int next = version; next < upTo; next++) {
                for (String sql : migrations.get(next)) {
                    statement.execute(sql);
                }
                statement.execute("INSERT INTO ragops_schema (version) VALUES (" + (next + 1) + ")");
            }
        }
    }
}
