package dev.ragops.runtime.store;

import com.zaxxer.hikari.HikariConfig;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens stores. */
public final class Stores {
    private Stores() {}

    /**
     * A file on a local disk. Any number of processes of one machine may share it; a network file system may not hold it.
     *
     * @param name first part of every key
     */
    public static DocumentStore sqlite(Path file, String name) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new StoreException("the folder of " + file + " cannot be made: " + e.getMessage(), e);
        }
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:sqlite:" + file.toAbsolutePath());
        config.addDataSourceProperty("journal_mode", "WAL");
        config.addDataSourceProperty("synchronous", "FULL");
        config.addDataSourceProperty("busy_timeout", "10000");
        config.addDataSourceProperty("mmap_size", "0");
        // A read that later turns into a write would fail at once where another writer is at work.
        config.addDataSourceProperty("transaction_mode", "IMMEDIATE");
        config.setMaximumPoolSize(4);
        return new JdbcDocumentStore(new Connections(config), Dialect.SQLITE, name);
    }

    /**
     * A PostgreSQL database.
     *
     * @param url {@code postgres://user:password@host:port/database}
     */
    public static DocumentStore postgres(String url, String name) {
        URI uri;
        try {
            uri = URI.create(url.trim());
        } catch (IllegalArgumentException e) {
            throw new StoreException(
                    "the PostgreSQL address is not a URL: postgres://user:password@host:port/database");
        }
        if (uri.getScheme() == null || !uri.getScheme().startsWith("postgres") || uri.getHost() == null) {
            throw new StoreException(
                    "the PostgreSQL address must look like postgres://user:password@host:port/database");
        }
        HikariConfig config = new HikariConfig();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        int port = uri.getPort() < 0 ? 5432 : uri.getPort();
        config.setJdbcUrl("jdbc:postgresql://" + uri.getHost() + ":" + port + uri.getRawPath() + query);
        if (uri.getRawUserInfo() != null) {
            String[] user = uri.getRawUserInfo().split(":", 2);
            config.setUsername(URLDecoder.decode(user[0], StandardCharsets.UTF_8));
            if (user.length > 1) {
                config.setPassword(URLDecoder.decode(user[1], StandardCharsets.UTF_8));
            }
        }
        config.addDataSourceProperty("connectTimeout", "5");
        config.addDataSourceProperty("socketTimeout", "30");
        config.addDataSourceProperty("reWriteBatchedInserts", "true");
        config.setMaximumPoolSize(6);
        config.setMinimumIdle(1);
        return new JdbcDocumentStore(new Connections(config), Dialect.POSTGRES, name);
    }
}
