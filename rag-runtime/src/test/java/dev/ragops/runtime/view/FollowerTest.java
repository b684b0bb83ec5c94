package dev.ragops.runtime.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.config.RagConfig;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.lexical.LuceneLexicalWriter;
import dev.ragops.runtime.search.FakeEmbedder;
import dev.ragops.runtime.search.Passage;
import dev.ragops.runtime.search.View;
import dev.ragops.runtime.store.Contents;
import dev.ragops.runtime.store.DocumentStore;
import dev.ragops.runtime.store.Stores;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A view that keeps abreast of a real SQLite store; only the embedder is a stand-in, so that a test can count what it was asked. */
class FollowerTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final FakeEmbedder embedder = new FakeEmbedder("fingerprint");
    private final List<AutoCloseable> opened = new ArrayList<>();
    private DocumentStore store;

    @BeforeEach
    void openStore() {
        store = open();
        opened.add(store);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    private DocumentStore open() {
        return Stores.sqlite(directory.resolve("documents.db"), "default/test");
    }

    private Follower follower(Embedder with, List<SourceDocument> bundled, Supplier<Map<String, float[]>> vectors) {
        Follower follower =
                new Follower(RagConfig.DEFAULT, with, bundled, vectors, Optional.of(this::open), Optional.empty());
        opened.add(follower);
        follower.start();
        return follower;
    }

    private Follower ready(SourceDocument... bundled) {
        Follower follower = follower(embedder, List.of(bundled), Map::of);
        await().atMost(SOON).until(follower::isReady);
        return follower;
    }

    private static SourceDocument document(String id, String text) {
        return new SourceDocument(id, "", text, Map.of());
    }

    private static Set<String> ids(View view) {
        return view.passages().all().map(Passage::documentId).collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> texts(View view) {
        return view.passages().all().map(Passage::text).sorted().toList();
    }

    private static void awaitIds(Follower follower, String... ids) {
        await().atMost(SOON).until(() -> ids(follower.current()), Set.of(ids)::equals);
    }

    private void sql(String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("documents.db"));
                Statement sql = connection.createStatement()) {
            sql.execute("PRAGMA busy_timeout = 10000");
            sql.execute(statement);
        }
    }

    @Nested
    class Documents_of_a_bundle {
        @Test
        void are_hidden_by_live_documents_and_by_tombstones_of_the_same_id() {
            Follower follower = ready(document("a", "bundled"), document("b", "bundled"), document("c", "bundled"));

            store.upsert("default", List.of(document("a", "live")));
            store.delete("default", "b");
            store.upsert("other", List.of(document("c", "of another collection")));

            await().atMost(SOON).until(() -> follower.current().sequence() == 3);
            assertThat(follower.current().passages().all().map(Passage::text))
                    .containsExactlyInAnyOrder("live", "bundled", "of another collection");
        }

        @Test
        void stay_hidden_after_the_tombstones_were_compacted() throws Exception {
            Follower follower = ready(document("a", "bundled"), document("b", "bundled"));
            store.upsert("default", List.of(document("live", "text")));
            store.delete("default", "a");
            store.delete("default", "live");
            awaitIds(follower, "b");
            sql("UPDATE ragops_mark SET at = 0");

            store.upkeep().runOncePer(Duration.ZERO, Duration.ZERO, Duration.ofDays(1));

            assertThat(store.get("default", "live")).isEmpty();
            assertThat(ids(ready(document("a", "bundled"), document("b", "bundled"))
                            .current()))
                    .containsExactly("b");
        }

        @Test
        void stay_hidden_after_a_rollback_to_a_bundle_that_did_not_run_when_they_were_deleted() throws Exception {
            ready(document("a", "bundled"), document("b", "bundled")).close();
            Follower promoted = ready(document("b", "bundled"));
            store.delete("default", "a");
            await().atMost(SOON).until(() -> promoted.current().sequence() == 1);
            store.upkeep().runOncePer(Duration.ZERO, Duration.ZERO, Duration.ofDays(1));
            promoted.close();

            assertThat(ids(ready(document("a", "bundled"), document("b", "bundled"))
                            .current()))
                    .containsExactly("b");
        }

        @Test
        void take_their_vectors_from_the_bundle_each_time_they_are_laid() throws Exception {
            AtomicInteger reads = new AtomicInteger();
            float[] vector = embedder.embedQuery("bundled");
            Follower follower = follower(embedder, List.of(document("a", "bundled")), () -> {
                reads.incrementAndGet();
                return Map.of(Contents.inputHash("bundled"), vector);
            });
            await().atMost(SOON).until(follower::isReady);

            sql("UPDATE ragops_store SET epoch = 'restored'");

            await().atMost(SOON).untilAtomic(reads, org.hamcrest.Matchers.is(2));
            awaitIds(follower, "a");
            assertThat(embedder.passages()).isEmpty();
        }
    }

    @Nested
    class A_restored_store {
        @Test
        void gives_a_new_view_swapped_in_whole() throws Exception {
            store.upsert("default", List.of(document("a", "one"), document("b", "two")));
            float[] vector = embedder.embedQuery("of the bundle");
            Follower follower = follower(
                    embedder,
                    List.of(document("bundled", "of the bundle")),
                    () -> Map.of(Contents.inputHash("of the bundle"), vector));
            awaitIds(follower, "a", "b", "bundled");
            await().atMost(SOON).until(follower::isReady);

            Semaphore permits = new Semaphore(0);
            embedder.setPermits(permits);
            sql("DELETE FROM ragops_document WHERE id = 'b'");
            sql("DELETE FROM ragops_vector");
            sql("UPDATE ragops_store SET epoch = 'restored'");

            // In the middle of it: the bundle is laid, "a" is being embedded.
            await().atMost(SOON).until(permits::hasQueuedThreads);
            View meanwhile = follower.current();
            assertThat(ids(meanwhile)).containsExactly("a", "b", "bundled");
            assertThat(follower.isReady()).isTrue();

            permits.release();
            Set<String> next = await().atMost(SOON)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> ids(follower.current()), ids -> !ids.equals(ids(meanwhile)));
            assertThat(next).containsExactly("a", "bundled");
            assertThat(follower.isReady()).isTrue();
        }

        @Test
        void shows_what_the_old_view_lacks_while_the_new_one_is_made() throws Exception {
            store.upsert("default", List.of(document("a", "one")));
            Follower follower = ready();
            Semaphore permits = new Semaphore(0);
            embedder.setPermits(permits);
            sql("DELETE FROM ragops_vector");
            sql("UPDATE ragops_store SET epoch = 'restored'");
            await().atMost(SOON).until(permits::hasQueuedThreads);

            store.upsert("default", List.of(document("b", "two")));
            store.upsert("default", List.of(document("c", "three")));
            permits.release();

            await().atMost(SOON).until(() -> follower.head().sequence() == 3);
            assertThat(follower.current().sequence()).isEqualTo(1);
            permits.release(10);
            awaitIds(follower, "a", "b", "c");
        }

        @Test
        void that_is_behind_the_view_is_recognised() throws Exception {
            store.upsert("default", List.of(document("a", "one")));
            store.upsert("default", List.of(document("b", "two")));
            Follower follower = ready();
            awaitIds(follower, "a", "b");
            String epoch = store.head().epoch();

            sql("DELETE FROM ragops_document WHERE id = 'b'");
            sql("UPDATE ragops_store SET sequence = 1");

            awaitIds(follower, "a");
            assertThat(store.head().epoch()).isNotEqualTo(epoch);
        }
    }

    @Nested
    class A_compaction {
        @Test
        void that_a_view_has_already_seen_costs_it_nothing() throws Exception {
            store.upsert("default", List.of(document("a", "one"), document("b", "two")));
            store.delete("default", "a");
            store.upkeep().runOncePer(Duration.ofHours(1), Duration.ZERO, Duration.ofDays(1));
            assertThat(store.head().compactedThrough()).isEqualTo(2);

            Follower follower = ready();

            awaitIds(follower, "b");
            assertThat(embedder.passages()).hasSize(1);
        }
    }

    @Nested
    class Vectors {
        @Test
        void are_made_once_for_a_restart_and_for_other_replicas() {
            store.upsert(
                    "default",
                    IntStream.range(0, 300)
                            .mapToObj(i -> document("d" + i, "text number " + i))
                            .toList());
            FakeEmbedder second = new FakeEmbedder("fingerprint");
            Follower one = follower(embedder, List.of(), Map::of);
            Follower two = follower(second, List.of(), Map::of);
            await().atMost(Duration.ofSeconds(60)).until(() -> one.isReady() && two.isReady());

            assertThat(embedder.passages().size() + second.passages().size()).isEqualTo(300);

            FakeEmbedder third = new FakeEmbedder("fingerprint");
            Follower restarted = follower(third, List.of(), Map::of);
            await().atMost(SOON).until(restarted::isReady);
            assertThat(restarted.current().passages().live()).isEqualTo(300);
            assertThat(third.passages()).isEmpty();
        }

        @Test
        void of_a_dead_claimer_are_made_by_another() {
            store.upsert("default", List.of(document("a", "one")));
            try (DocumentStore dead = open()) {
                assertThat(dead.vectors()
                                .claim("fingerprint", List.of(Contents.inputHash("one")), Duration.ofSeconds(2)))
                        .hasSize(1);
            }

            awaitIds(ready(), "a");

            assertThat(embedder.passages()).containsExactly("one");
        }

        @Test
        void that_are_indexed_are_in_use() throws Exception {
            store.upsert("default", List.of(document("a", "one")));
            Follower follower = ready();
            sql("UPDATE ragops_vector SET used_day = used_day - 40");

            Housekeeping.touch(store, follower.current());
            store.upkeep().runOncePer(Duration.ofHours(1), Duration.ofDays(7), Duration.ofDays(30));

            assertThat(store.vectors().get("fingerprint", List.of(Contents.inputHash("one"))))
                    .isNotEmpty();
        }
    }

    @Nested
    class A_change_that_cannot_be_taken {
        @Test
        void makes_a_ready_view_old_not_unready_and_is_tried_again() {
            Follower follower = ready();
            embedder.setBroken(true);
            store.upsert("default", List.of(document("a", "one")));

            await().atMost(SOON).until(() -> follower.head().sequence() == 1);
            assertThat(follower.isReady()).isTrue();
            assertThat(follower.current().sequence()).isZero();

            embedder.setBroken(false);
            awaitIds(follower, "a");
        }

        /** Lucene takes a document of so long an id for no document at all, in the middle of a change. */
        @Test
        void leaves_no_old_version_behind_when_it_is_taken_after_all() {
            store.upsert("default", List.of(document("a", "old")));
            Follower follower = ready();
            String refused = "x".repeat(40_000);

            store.upsert("default", List.of(document("a", "new"), document(refused, "text")));
            await().atMost(SOON).until(() -> follower.head().sequence() == 2);
            assertThat(texts(follower.current())).containsExactly("old");
            store.delete("default", refused);

            await().atMost(SOON).until(() -> follower.current().sequence() == 3);
            assertThat(texts(follower.current())).containsExactly("new");
        }

        @Test
        void because_the_index_is_closed_for_good_is_taken_by_another_one() {
            store.upsert("default", List.of(document("a", "old"), document("b", "two")));
            Follower follower = ready(document("bundled", "of the bundle"));
            closeWords(follower);

            store.upsert("default", List.of(document("a", "new")));

            await().atMost(SOON).until(() -> follower.current().sequence() == 2);
            assertThat(texts(follower.current())).containsExactly("new", "of the bundle", "two");
        }

        @Test
        void keeps_no_bundle_from_being_laid() {
            AtomicReference<Follower> started = new AtomicReference<>();
            AtomicInteger tries = new AtomicInteger();
            Supplier<Map<String, float[]>> vectors = () -> {
                if (tries.incrementAndGet() == 1) {
                    closeWords(started.get());
                }
                return Map.of();
            };
            Follower follower = new Follower(
                    RagConfig.DEFAULT,
                    embedder,
                    List.of(document("a", "bundled")),
                    vectors,
                    Optional.empty(),
                    Optional.empty());
            opened.add(follower);
            started.set(follower);

            follower.start();

            await().atMost(SOON).until(follower::isReady);
            assertThat(texts(follower.current())).containsExactly("bundled");
        }

        /** As Lucene does to itself after an error that it cannot come back from, such as too little memory. */
        private static void closeWords(Follower follower) {
            assertThat(follower)
                    .extracting("assembly.indexer.state.lexical")
                    .isInstanceOfSatisfying(LuceneLexicalWriter.class, LuceneLexicalWriter::close);
        }
    }
}
