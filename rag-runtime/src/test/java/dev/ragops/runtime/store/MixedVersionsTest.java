package dev.ragops.runtime.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * A rollout has runtimes of two versions on one database. The older one is played by the statements it ran, on the schema it left behind: the
 * newer migrates under its feet, and both write while a reader follows.
 */
class MixedVersionsTest {
    private static final String STORE = "default/support";
    private static final int WRITES = 40;
    private static final int PREVIOUS_SCHEMA = 2;

    private final TestPostgres server = TestPostgres.shared();
    private final String database = server.newDatabase();

    @Test
    void of_two_versions_and_four_writers_a_reader_sees_every_write_once_in_order_without_gaps() throws Exception {
        leavePreviousSchema();
        CountDownLatch oldOnesAreWriting = new CountDownLatch(2);
        List<Callable<Boolean>> writers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            String name = "old-" + i;
            writers.add(() -> writeAsBefore(name, oldOnesAreWriting));
        }
        for (int i = 0; i < 2; i++) {
            String name = "new-" + i;
            writers.add(() -> {
                oldOnesAreWriting.await();
                try (DocumentStore store = open()) {
                    for (int n = 0; n < WRITES; n++) {
                        store.upsert("default", List.of(DocumentStoreTest.document(name + "-" + n, "text")));
                    }
                }
                return true;
            });
        }
        try (ExecutorService pool = Executors.newFixedThreadPool(5)) {
            List<Future<Boolean>> written = writers.stream().map(pool::submit).toList();
            oldOnesAreWriting.await();
            Future<List<Long>> read = pool.submit(() -> readUntil(4 * WRITES));
            for (Future<Boolean> each : written) {
                assertThat(each.get()).isTrue();
            }
            assertThat(read.get())
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, 4 * WRITES).boxed().toList());
        }
        try (DocumentStore store = open()) {
            for (String writer : List.of("old-0", "old-1", "new-0", "new-1")) {
                assertThat(store.get("default", writer + "-" + (WRITES - 1))).isPresent();
            }
        }
    }

    private DocumentStore open() {
        return Stores.postgres(() -> server.url(database), STORE);
    }

    private void leavePreviousSchema() throws SQLException {
        try (Connection connection = server.connect(database)) {
            connection.setAutoCommit(false);
            Migrations.run(connection, Dialect.POSTGRES, PREVIOUS_SCHEMA);
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO ragops_store (store, epoch, sequence, compacted_through) VALUES (?, 'first', 0, 0)")) {
                insert.setString(1, STORE);
                insert.executeUpdate();
            }
            connection.commit();
        }
    }

    /** Each write has one document, so that sequence numbers and documents must match one to one. */
    private List<Long> readUntil(long last) {
        List<Long> seen = new ArrayList<>();
        try (DocumentStore store = open()) {
            Position position = new Position(store.head().epoch(), 0);
            long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
            while (position.sequence() < last && System.nanoTime() < deadline) {
                Changes changes = store.changesAfter(position, 7);
                changes.documents().forEach(document -> seen.add(document.sequence()));
                position = new Position(position.epoch(), changes.through());
            }
        }
        return seen;
    }

    /** The statements of the version before, as they were. */
    private boolean writeAsBefore(String name, CountDownLatch writing) throws SQLException {
        try (Connection connection = server.connect(database)) {
            connection.setAutoCommit(false);
            for (int n = 0; n < WRITES; n++) {
                try (PreparedStatement put = connection.prepareStatement("INSERT INTO ragops_document"
                        + " (store, collection, id, sequence, content_hash, deleted, title, body, metadata) VALUES (?, 'default', ?, 0, ?, 0, '', 'text', '{}')"
                        + " ON CONFLICT (store, collection, id) DO UPDATE SET sequence = 0, content_hash = excluded.content_hash, deleted = 0,"
                        + " title = excluded.title, body = excluded.body, metadata = excluded.metadata")) {
                    put.setString(1, STORE);
                    put.setString(2, name + "-" + n);
                    put.setString(3, "hash");
                    put.executeUpdate();
                }
                try (PreparedStatement raise = connection.prepareStatement(
                        "WITH raised AS (UPDATE ragops_store SET sequence = sequence + 1 WHERE store = ? RETURNING sequence),"
                                + " numbered AS (UPDATE ragops_document SET sequence = raised.sequence FROM raised"
                                + " WHERE ragops_document.store = ? AND ragops_document.sequence = 0)"
                                + " SELECT sequence FROM raised")) {
                    raise.setString(1, STORE);
                    raise.setString(2, STORE);
                    try (ResultSet row = raise.executeQuery()) {
                        assertThat(row.next()).isTrue();
                    }
                }
                connection.commit();
                writing.countDown();
            }
        }
        return true;
    }
}
