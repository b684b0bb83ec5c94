package dev.ragops.runtime.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import dev.ragops.runtime.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.LongStream;
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

    @Override
    void sql(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("documents.db"));
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
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

    @Nested
    class Several_processes_on_one_file {
        @Test
        void that_start_at_once_write_in_one_order_without_gaps() throws Exception {
            Path file = directory.resolve("shared/documents.db");
            List<Process> writers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                writers.add(JavaProcess.of(WriterProcess.class, file.toString(), "process-" + i, "25")
                        .redirectError(
                                directory.resolve("process-" + i + ".err").toFile())
                        .start());
            }
            TreeSet<Long> sequences = new TreeSet<>();
            for (int i = 0; i < writers.size(); i++) {
                Process writer = writers.get(i);
                List<Long> written = writer.inputReader()
                        .lines()
                        .filter(line -> line.matches("\\d+"))
                        .map(Long::parseLong)
                        .toList();
                assertThat(writer.waitFor())
                        .as(Files.readString(directory.resolve("process-" + i + ".err")))
                        .isZero();
                assertThat(written).hasSize(25).isSorted();
                sequences.addAll(written);
            }
            assertThat(sequences)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, 75).boxed().toList());
        }
    }

    @Nested
    class A_disk_that_is_full {
        /** SQLite rolls back by itself when it cannot write. */
        @Test
        void leaves_no_connection_behind_that_cannot_be_used() {
            HikariConfig config = Stores.sqlite(directory.resolve("ended.db"));
            try (Connections connections = new Connections(config)) {
                for (int i = 0; i < 2 * config.getMaximumPoolSize(); i++) {
                    assertThatThrownBy(() -> connections.write(connection -> {
                                execute(connection, "ROLLBACK");
                                throw new SQLException("disk I/O error");
                            }))
                            .hasMessageContaining("disk I/O error");
                    assertThat(connections.<Integer>write(connection -> execute(connection, "PRAGMA user_version = 1")))
                            .isZero();
                    assertThat(connections.<Integer>read(connection -> execute(connection, "PRAGMA optimize")))
                            .isZero();
                }
            }
        }

        private int execute(Connection connection, String sql) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
                return 0;
            }
        }

        @Test
        void refuses_writes_with_what_to_do_and_keeps_all_that_was_acknowledged() {
            Path file = directory.resolve("small.db");
            HikariConfig limited = Stores.sqlite(file);
            limited.addDataSourceProperty("max_page_count", "60");
            List<String> acknowledged = new ArrayList<>();
            try (DocumentStore small = Stores.sqlite(limited, "default/support")) {
                assertThatThrownBy(() -> {
                            for (int i = 0; i < 1_000; i++) {
                                small.upsert("default", List.of(document("d" + i, "x".repeat(5_000))));
                                acknowledged.add("d" + i);
                            }
                        })
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("no space left")
                        .hasMessageContaining("enlarge its volume");

                assertThat(acknowledged).isNotEmpty();
                assertThat(small.head().sequence()).isEqualTo(acknowledged.size());
                assertThat(acknowledged).allMatch(id -> small.get("default", id).isPresent());
            }
            try (DocumentStore enlarged = Stores.sqlite(file, "default/support")) {
                assertThat(enlarged.upsert("default", List.of(document("more", "text")))
                                .sequence())
                        .isEqualTo(acknowledged.size() + 1);
            }
        }
    }
}
