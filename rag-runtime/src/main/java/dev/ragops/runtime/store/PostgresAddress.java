package dev.ragops.runtime.store;

import java.io.PrintWriter;
import java.io.Writer;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Opens connections to the address as it reads at that moment, so that a rotated password or a moved database needs no restart.
 */
final class PostgresAddress implements DataSource {
    private static final String FORM = "postgres://user:password@host:port/database";

    private final Supplier<String> url;
    private final Runnable opened;

    /**
     * @param url {@code postgres://user:password@host:port/database}
     * @param opened runs after each new connection
     */
    PostgresAddress(Supplier<String> url, Runnable opened) {
        this.url = url;
        this.opened = opened;
        parse(url.get());
    }

    private record Target(String jdbcUrl, Properties properties) {}

    private static Target parse(String text) {
        URI uri;
        try {
            uri = URI.create(text.trim());
        } catch (IllegalArgumentException e) {
            // The reason would quote the password.
            throw new StoreException("the PostgreSQL address is not a URL: " + FORM);
        }
        if (uri.getScheme() == null || !uri.getScheme().startsWith("postgres") || uri.getHost() == null) {
            throw new StoreException("the PostgreSQL address must look like " + FORM);
        }
        Properties properties = new Properties();
        if (uri.getRawUserInfo() != null) {
            String[] user = uri.getRawUserInfo().split(":", 2);
            properties.setProperty("user", URLDecoder.decode(user[0], StandardCharsets.UTF_8));
            if (user.length > 1) {
                properties.setProperty("password", URLDecoder.decode(user[1], StandardCharsets.UTF_8));
            }
        }
        properties.setProperty("ApplicationName", "ragops-runtime");
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("socketTimeout", "30");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("reWriteBatchedInserts", "true");
        int port = uri.getPort() < 0 ? 5432 : uri.getPort();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return new Target("jdbc:postgresql://" + uri.getHost() + ":" + port + uri.getRawPath() + query, properties);
    }

    @Override
    public Connection getConnection() throws SQLException {
        Target target = parse(url.get());
        Connection connection = DriverManager.getConnection(target.jdbcUrl(), target.properties());
        try (Statement statement = connection.createStatement()) {
            // An acknowledged write is on disk: a server whose default is otherwise is overruled, a stricter one is
            // not.
            statement.execute("SELECT set_config('synchronous_commit', 'on', false)"
                    + " WHERE current_setting('synchronous_commit') = 'off'");
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        opened.run();
        return connection;
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("user and password come from the address");
    }

    @Override
    public PrintWriter getLogWriter() {
        return new PrintWriter(Writer.nullWriter());
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("logs nothing");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
