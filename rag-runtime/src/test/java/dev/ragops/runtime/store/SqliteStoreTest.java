package dev.ragops.runtime.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The promises of a store, kept by a SQLite file, and what only a file can do wrong. */
class SqliteStoreTest extends DocumentStoreTest {
    @TempDir
    Path directory;

    @Override
    DocumentStore open(String name) {
        return Stores.sqlite(directory.resolve("documents.db"), name);
    }

    @Nested
    class A_network_file_system {
        @ParameterizedTest
        @ValueSource(strings = {"nfs4", "CIFS", "9p", "fuse.sshfs", "ceph"})
        void is_refused(String type) {
            assertThat(LocalDisk.isNetwork(type)).isTrue();
        }

        @ParameterizedTest
        @ValueSource(strings = {"ext4", "xfs", "overlay", "tmpfs", "fuse.fuse-overlayfs"})
        void is_told_from_a_local_one(String type) {
            assertThat(LocalDisk.isNetwork(type)).isFalse();
        }
    }

    @Nested
    class A_file {
        @Test
        void that_is_no_database_is_refused_with_what_to_do() throws Exception {
            Path file = directory.resolve("other.db");
            Files.writeString(file, "this is no database, whatever its name says ".repeat(100));

            assertThatThrownBy(() -> Stores.sqlite(file, "s"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("damaged")
                    .hasMessageContaining("backup");
        }

        @Test
        void is_written_through_to_the_disk_at_each_commit() throws SQLException {
            try (Connection connection = new com.zaxxer.hikari.HikariDataSource(
                                    Stores.sqlite(directory.resolve("documents.db")))
                            .getConnection();
                    Statement statement = connection.createStatement()) {
                assertThat(pragma(statement, "journal_mode")).isEqualTo("wal");
                assertThat(pragma(statement, "synchronous")).isEqualTo("2");
                assertThat(pragma(statement, "mmap_size")).isEqualTo("0");
            }
        }

        private static String pragma(Statement statement, String name) throws SQLException {
            try (var row = statement.executeQuery("PRAGMA " + name)) {
                return row.next() ? row.getString(1) : "";
            }
        }
    }

    @Nested
    class A_write_that_waits_too_long_for_another_process {
        @Test
        void says_that_the_store_is_busy() throws SQLException {
            try (Connection other = DriverManager.getConnection(
                            "jdbc:sqlite:" + directory.resolve("documents.db").toAbsolutePath());
                    Statement statement = other.createStatement()) {
                statement.execute("BEGIN IMMEDIATE");

                assertThatThrownBy(() -> store.upsert("default", List.of(document("a", "one"))))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("busy");
                assertThat(store.head().sequence()).isZero();

                statement.execute("ROLLBACK");
            }
            assertThat(store.upsert("default", List.of(document("a", "one"))).sequence())
                    .isEqualTo(1);
        }
    }
}
