package dev.ragops.runtime.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ragops.runtime.search.FakeEmbedder;
import dev.ragops.runtime.store.Contents;
import dev.ragops.runtime.store.DocumentStore;
import dev.ragops.runtime.store.Stores;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two replicas on one SQLite store, and an embedder that takes as long as the test wants. */
class PassageVectorsTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration HALF_A_LEASE = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final Semaphore permits = new Semaphore(0);
    private final FakeEmbedder embedder = new FakeEmbedder("fingerprint");
    private final EmbeddingPool pool = new EmbeddingPool(embedder);
    private DocumentStore store;
    private DocumentStore other;

    @BeforeEach
    void open() {
        embedder.setPermits(permits);
        store = Stores.sqlite(directory.resolve("documents.db"), "default/test");
        other = Stores.sqlite(directory.resolve("documents.db"), "default/test");
    }

    @AfterEach
    void close() {
        pool.close();
        other.close();
        store.close();
    }

    private static List<String> inputs(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "text number " + i).toList();
    }

    private static List<String> hashes(List<String> inputs) {
        return inputs.stream().map(Contents::inputHash).toList();
    }

    private PassageVectors begin(List<String> inputs) {
        return PassageVectors.begin(
                inputs, Map.of(), pool, new SharedVectors("fingerprint", Optional.of(store.vectors()), now::get));
    }

    /** What another replica would embed if it started now; its claims end at once. */
    private Set<String> wantedByTheOther(Collection<String> hashes) {
        return other.vectors().claim("fingerprint", hashes, Duration.ofMillis(-1));
    }

    private void endLeases() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("documents.db"));
                Statement sql = connection.createStatement()) {
            sql.execute("PRAGMA busy_timeout = 10000");
            sql.execute("UPDATE ragops_lease SET until = 0");
        }
    }

    private int leases() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("documents.db"));
                Statement sql = connection.createStatement();
                ResultSet row = sql.executeQuery("SELECT COUNT(*) FROM ragops_lease WHERE until > 0")) {
            row.next();
            return row.getInt(1);
        }
    }

    @Nested
    class That_take_longer_than_a_lease {
        @Test
        void stay_claimed_while_they_are_being_made() throws Exception {
            List<String> inputs = inputs(0, 16);
            PassageVectors vectors = begin(inputs);
            assertThat(wantedByTheOther(hashes(inputs))).isEmpty();

            endLeases();
            now.updateAndGet(before -> before.plus(HALF_A_LEASE));
            vectors.look();

            assertThat(wantedByTheOther(hashes(inputs))).isEmpty();
            permits.release(2);
            await().atMost(SOON).until(() -> {
                vectors.look();
                return vectors.isComplete();
            });
            assertThat(vectors.embedded()).isEqualTo(16);
            assertThat(leases()).isZero();
        }

        @Test
        void reach_the_others_task_by_task() {
            List<String> inputs = inputs(0, 16);
            PassageVectors vectors = begin(inputs);
            permits.release();

            await().atMost(SOON).until(() -> {
                vectors.look();
                return other.vectors().get("fingerprint", hashes(inputs)).size() == 8;
            });

            assertThat(vectors.isComplete()).isFalse();
            assertThat(vectors.embedded()).isEqualTo(8);
            assertThat(wantedByTheOther(hashes(inputs))).isEmpty();
        }

        @Test
        void stay_claimed_behind_others_that_take_as_long() throws Exception {
            Pipeline pipeline = new Pipeline(pool);
            Deque<PendingChange> source = new LinkedList<>(List.of(
                    new PendingChange(1, List.of(), Set.of(), begin(inputs(0, 1))),
                    new PendingChange(2, List.of(), Set.of(), begin(inputs(1, 2)))));
            try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
                endLeases();
                now.updateAndGet(before -> before.plus(HALF_A_LEASE));
                Future<Optional<PendingChange>> first =
                        thread.submit(() -> pipeline.next(() -> Optional.ofNullable(source.poll())));

                try {
                    await().atMost(SOON).until(() -> leases() == 2);
                } finally {
                    permits.release(2);
                }
                assertThat(first.get(SOON.toSeconds(), TimeUnit.SECONDS))
                        .map(PendingChange::through)
                        .contains(1L);
            }
        }
    }
}
