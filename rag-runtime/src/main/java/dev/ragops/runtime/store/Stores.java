package dev.ragops.runtime.store;

import com.zaxxer.hikari.HikariConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Opens stores. */
public final class Stores {
    private Stores() {}

    /**
     * A file on a local disk. Any number of processes of one machine may share it; a network file system may not hold it.
     *
     * @param name first part of every key
     */
    public static DocumentStore sqlite(Path file, String name) {
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file is in a folder");
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StoreException("the folder of " + file + " cannot be made: " + e.getMessage(), e);
        }
        LocalDisk.require(folder);
        return sqlite(sqlite(file), name);
    }

    static DocumentStore sqlite(HikariConfig config, String name) {
        return new JdbcDocumentStore(
                new Connections(config), Dialect.SQLITE, name, ChangeHints.NONE, new AtomicBoolean());
    }

    static HikariConfig sqlite(Path file) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:sqlite:" + file.toAbsolutePath());
        config.addDataSourceProperty("journal_mode", "WAL");
        config.addDataSourceProperty("synchronous", "FULL");
        config.addDataSourceProperty("busy_timeout", "10000");
        config.addDataSourceProperty("mmap_size", "0");
        // A read that later turns into a write would fail at once where another writer is at work.
        config.addDataSourceProperty("transaction_mode", "IMMEDIATE");
        config.setMaximumPoolSize(4);
        return config;
    }

    /**
     * A PostgreSQL database.
     *
     * @param url {@code postgres://user:password@host:port/database}, asked again for each new connection
     */
    public static DocumentStore postgres(Supplier<String> url, String name) {
        AtomicBoolean reconnected = new AtomicBoolean();
        PostgresAddress address = new PostgresAddress(url, () -> reconnected.set(true));
        HikariConfig config = new HikariConfig();
        config.setDataSource(address);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setMaximumPoolSize(6);
        config.setMinimumIdle(1);
        return new JdbcDocumentStore(
                new Connections(config), Dialect.POSTGRES, name, new PostgresHints(address, name), reconnected);
    }
}
