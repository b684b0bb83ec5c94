package dev.ragops.runtime.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * Who does what, so that several processes do not do the same. A lease ends by itself, on the database's clock: what a dead process held is
 * taken over by the next that asks.
 */
final class Leases {
    private final Dialect dialect;
    private final String holder = UUID.randomUUID().toString();

    Leases(Dialect dialect) {
        this.dialect = dialect;
    }

    /** @return those of {@code items} that are ours now, because they were free, expired or ours before */
    Set<String> claim(Connection connection, String scope, Collection<String> items, Duration length)
            throws SQLException {
        try (PreparedStatement claim = connection.prepareStatement(
                "INSERT INTO ragops_lease (scope, item, holder, until) SELECT ?, value, ?, " + dialect.now
                        + " + ? FROM (" + dialect.list + ") AS wanted WHERE true ORDER BY value"
                        + " ON CONFLICT (scope, item) DO UPDATE SET holder = excluded.holder, until = excluded.until"
                        + " WHERE ragops_lease.until < " + dialect.now
                        + " OR ragops_lease.holder = excluded.holder RETURNING item")) {
            claim.setString(1, scope);
            claim.setString(2, holder);
            claim.setLong(3, length.toMillis());
            claim.setString(4, Contents.list(items));
            Set<String> gained = new HashSet<>();
            try (ResultSet row = claim.executeQuery()) {
                while (row.next()) {
                    gained.add(row.getString(1));
                }
            }
            return gained;
        }
    }

    void release(Connection connection, String scope, Collection<String> items) throws SQLException {
        try (PreparedStatement release = connection.prepareStatement(
                "DELETE FROM ragops_lease WHERE scope = ? AND holder = ? AND item IN (" + dialect.list + ")")) {
            release.setString(1, scope);
            release.setString(2, holder);
            release.setString(3, Contents.list(items));
            release.executeUpdate();
        }
    }

    /** Of processes that died and of work that nobody wants any more. */
    void forgetExpired(Connection connection) throws SQLException {
        try (PreparedStatement forget =
                connection.prepareStatement("DELETE FROM ragops_lease WHERE until < " + dialect.now)) {
            forget.executeUpdate();
        }
    }
}
