package dev.ragops.runtime.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.store.WriteResult.Status;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What every store promises, whichever database keeps it. */
abstract class DocumentStoreTest {
    DocumentStore store;

    abstract DocumentStore open(String name);

    abstract void sql(String... statements) throws SQLException;

    @BeforeEach
    void openStore() {
        store = open("default/support");
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    static SourceDocument document(String id, String text) {
        return new SourceDocument(id, "Title of " + id, text, Map.of("part", 1L, "tags", List.of("a", "b")));
    }

    Changes changesAfter(long sequence, int limit) {
        return store.changesAfter(new Position(store.head().epoch(), sequence), limit);
    }

    @Nested
    class A_write {
        @Test
        void raises_the_sequence_by_one_and_says_what_became_of_each_document() {
            WriteResult first = store.upsert("default", List.of(document("a", "one"), document("b", "two")));
            WriteResult second = store.upsert("default", List.of(document("a", "changed"), document("b", "two")));

            assertThat(first.sequence()).isEqualTo(1);
            assertThat(first.outcomes()).extracting(WriteResult.Outcome::status).containsOnly(Status.CREATED);
            assertThat(second.sequence()).isEqualTo(2);
            assertThat(second.outcomes())
                    .extracting(WriteResult.Outcome::status)
                    .containsExactly(Status.UPDATED, Status.UNCHANGED);
        }

        @Test
        void of_what_is_there_already_changes_nothing() {
            store.upsert("default", List.of(document("a", "one")));

            assertThat(store.upsert("default", List.of(document("a", "one"))).sequence())
                    .isEqualTo(1);
            assertThat(store.head().sequence()).isEqualTo(1);
        }

        @Test
        void naming_an_id_twice_keeps_the_last() {
            store.upsert("default", List.of(document("a", "one"), document("a", "two")));

            assertThat(store.get("default", "a").orElseThrow().document().text())
                    .isEqualTo("two");
        }

        @Test
        void is_read_back_whole() {
            store.upsert("default", List.of(document("a", "zwölf \uD83D\uDE00 'quotes' \"more\"")));

            StoredDocument stored = store.get("default", "a").orElseThrow();
            assertThat(stored.document()).isEqualTo(document("a", "zwölf \uD83D\uDE00 'quotes' \"more\""));
            assertThat(stored.deleted()).isFalse();
        }

        /** Found by sequence 0, which each write leaves many dead versions of, they would cost more with every write. */
        @Test
        void numbers_the_rows_it_put_and_looks_at_no_others() throws SQLException {
            store.upsert("default", List.of(document("a", "one"), document("b", "two")));
            store.upsert("other", List.of(document("b", "two")));
            sql("UPDATE ragops_document SET sequence = 0");

            store.upsert("default", List.of(document("b", "changed"), document("c", "three")));
            store.delete("other", "d");

            assertThat(store.get("default", "a").orElseThrow().sequence()).isZero();
            assertThat(store.get("other", "b").orElseThrow().sequence()).isZero();
            assertThat(store.get("default", "b").orElseThrow().sequence()).isEqualTo(3);
            assertThat(store.get("default", "c").orElseThrow().sequence()).isEqualTo(3);
            assertThat(store.get("other", "d").orElseThrow().sequence()).isEqualTo(4);
        }

        @Test
        void stays_in_its_collection_and_its_store() {
            store.upsert("one", List.of(document("a", "one")));
            try (DocumentStore other = open("default/other")) {
                assertThat(other.get("one", "a")).isEmpty();
                assertThat(other.head().sequence()).isZero();
            }
            assertThat(store.get("two", "a")).isEmpty();
        }
    }

    @Nested
    class A_listing {
        @Test
        void goes_page_by_page_over_what_is_there_in_one_collection() {
            store.upsert("default", List.of(document("a", "one"), document("b", "two"), document("c", "three")));
            store.upsert("other", List.of(document("d", "four")));
            store.delete("default", "b");

            assertThat(store.list("default", "", 1))
                    .extracting(ListedDocument::id)
                    .containsExactly("a");
            assertThat(store.list("default", "a", 10)).containsExactly(listed(document("c", "three"), 5));
            assertThat(store.list("default", "c", 10)).isEmpty();
            assertThat(store.collections()).containsExactly(Map.entry("default", 2L), Map.entry("other", 1L));
        }

        @Test
        void counts_characters_as_people_do_and_shows_as_many_as_are_asked_for() {
            SourceDocument smiles = document("b", "a\uD83D\uDE00b\uD83D\uDE00");
            store.upsert("default", List.of(document("a", "hidden"), smiles, document("c", "three")));
            store.upsert("other", List.of(document("b", "of the same id")));
            store.delete("default", "a");

            assertThat(store.excerpts("default", List.of("c", "b", "a", "never"), 3))
                    .containsExactly(
                            new Excerpt(listed(smiles, 4), "a\uD83D\uDE00b"),
                            new Excerpt(listed(document("c", "three"), 5), "thr"));
            assertThat(store.excerpts("default", List.of("b"), 3)).allMatch(Excerpt::cut);
            assertThat(store.excerpts("default", List.of("b"), 4)).noneMatch(Excerpt::cut);
        }

        @Test
        void of_large_documents_costs_little_memory() {
            int characters = 200_000;
            String text = "x".repeat(characters);
            List<String> ids = IntStream.range(0, 50).mapToObj(i -> "d" + i).toList();
            store.upsert("default", ids.stream().map(id -> document(id, text)).toList());
            store.list("default", "", 1);
            store.excerpts("default", List.of("d0"), 1);
            var memory = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

            long before = memory.getCurrentThreadAllocatedBytes();
            assertThat(store.list("default", "", 100)).hasSize(50);
            assertThat(store.excerpts("default", ids, 100)).hasSize(50);
            long used = memory.getCurrentThreadAllocatedBytes() - before;

            assertThat(used).as("bytes for 50 documents").isLessThan(50L * characters / 10);
        }

        private static ListedDocument listed(SourceDocument document, long characters) {
            return new ListedDocument(document.id(), document.title(), document.metadata(), 1, characters);
        }
    }

    @Nested
    class A_delete {
        @Test
        void leaves_a_tombstone_that_readers_see() {
            store.upsert("default", List.of(document("a", "one")));

            WriteResult deleted = store.delete("default", "a");

            assertThat(deleted.outcomes())
                    .extracting(WriteResult.Outcome::status)
                    .containsExactly(Status.DELETED);
            Changes changes = changesAfter(1, 10);
            assertThat(changes.through()).isEqualTo(2);
            assertThat(changes.documents()).singleElement().matches(StoredDocument::deleted);
        }

        @Test
        void of_what_is_gone_changes_nothing() {
            store.delete("default", "a");

            WriteResult again = store.delete("default", "a");

            assertThat(again.outcomes()).extracting(WriteResult.Outcome::status).containsExactly(Status.ABSENT);
            assertThat(again.sequence()).isEqualTo(1);
        }

        @Test
        void lets_the_document_come_back_as_new() {
            store.upsert("default", List.of(document("a", "one")));
            store.delete("default", "a");

            assertThat(store.upsert("default", List.of(document("a", "one"))).outcomes())
                    .extracting(WriteResult.Outcome::status)
                    .containsExactly(Status.CREATED);
        }
    }

    @Nested
    class A_reader {
        @Test
        void never_gets_half_of_a_write() {
            for (int write = 0; write < 5; write++) {
                int number = write;
                store.upsert(
                        "default",
                        IntStream.range(0, 7)
                                .mapToObj(i -> document(number + "-" + i, "text"))
                                .toList());
            }
            long at = 0;
            int seen = 0;
            while (at < store.head().sequence()) {
                Changes changes = changesAfter(at, 10);
                assertThat(changes.documents().size() % 7).isZero();
                seen += changes.documents().size();
                at = changes.through();
            }
            assertThat(seen).isEqualTo(35);
        }

        @Test
        void that_is_abreast_gets_nothing() {
            store.upsert("default", List.of(document("a", "one")));

            assertThat(changesAfter(1, 10)).isEqualTo(new Changes(store.head(), 1, List.of()));
        }

        @Test
        void is_given_fewer_documents_when_they_are_large() {
            for (int i = 0; i < 6; i++) {
                store.upsert("default", List.of(document("large-" + i, "x".repeat(1_500_000))));
            }

            Changes first = changesAfter(0, 100);

            assertThat(first.documents()).hasSize(3);
            assertThat(first.through()).isEqualTo(3);
            assertThat(first.more()).isTrue();
            assertThat(changesAfter(3, 100).documents()).hasSize(3);
        }

        @Test
        void that_is_ahead_of_the_store_gives_it_a_new_epoch_once() {
            store.upsert("default", List.of(document("a", "one")));
            Position ahead = new Position(store.head().epoch(), 7);

            Head restored = store.changesAfter(ahead, 10).head();

            assertThat(restored.epoch()).isNotEqualTo(ahead.epoch());
            assertThat(store.changesAfter(ahead, 10).head()).isEqualTo(restored);
        }
    }

    @Nested
    class A_compaction {
        @Test
        void forgets_old_tombstones_and_says_so_in_the_head() {
            store.upsert("default", List.of(document("a", "one"), document("b", "two")));
            store.delete("default", "a");
            store.upsert("default", List.of(document("c", "three")));

            store.upkeep().compact(Duration.ZERO);

            assertThat(store.head().compactedThrough()).isEqualTo(2);
            assertThat(changesAfter(0, 10).documents())
                    .extracting(stored -> stored.document().id())
                    .containsExactly("b", "c");
        }

        @Test
        void leaves_young_ones() {
            store.delete("default", "a");

            store.upkeep().compact(Duration.ofHours(1));

            assertThat(store.head().compactedThrough()).isZero();
            assertThat(store.get("default", "a")).isPresent();
        }

        @Test
        void makes_nobody_rebuild_when_there_was_nothing_to_forget() {
            store.upsert("default", List.of(document("a", "one")));

            store.upkeep().compact(Duration.ZERO);

            assertThat(store.head().compactedThrough()).isZero();
        }

        @Test
        void leaves_those_that_hide_a_document_of_a_bundle() {
            store.delete("default", "bundled");
            store.keepTombstones("default", List.of("bundled", "another"));

            store.upkeep().compact(Duration.ZERO);

            assertThat(store.get("default", "bundled"))
                    .map(StoredDocument::deleted)
                    .contains(true);
        }

        @Test
        void leaves_those_of_documents_that_a_bundle_ever_shipped() {
            store.rememberBundled("default", List.of("bundled", "another"));
            store.rememberBundled("default", List.of("bundled"));
            store.rememberBundled("default", List.of());
            store.delete("default", "bundled");
            store.delete("other", "bundled");
            store.delete("default", "live");

            store.upkeep().compact(Duration.ZERO);

            assertThat(store.get("default", "bundled"))
                    .map(StoredDocument::deleted)
                    .contains(true);
            assertThat(store.get("other", "bundled")).isEmpty();
            assertThat(store.get("default", "live")).isEmpty();
            try (DocumentStore other = open("default/other")) {
                other.delete("default", "bundled");
                other.upkeep().compact(Duration.ZERO);
                assertThat(other.get("default", "bundled")).isEmpty();
            }
        }

        @Test
        void is_done_by_one_of_many() {
            store.delete("default", "a");
            try (DocumentStore other = open("default/support")) {
                store.upkeep().runOncePer(Duration.ofHours(1), Duration.ofHours(1), Duration.ofDays(1));
                other.upkeep().runOncePer(Duration.ofHours(1), Duration.ZERO, Duration.ofDays(1));
            }

            assertThat(store.get("default", "a")).isPresent();
        }
    }

    @Nested
    class Several_writers {
        @Test
        void get_sequence_numbers_without_gaps_in_the_order_of_their_commits() throws Exception {
            List<Callable<List<Long>>> writers = new ArrayList<>();
            for (int writer = 0; writer < 4; writer++) {
                int number = writer;
                writers.add(() -> {
                    List<Long> sequences = new ArrayList<>();
                    try (DocumentStore own = open("default/support")) {
                        for (int i = 0; i < 10; i++) {
                            sequences.add(own.upsert("default", List.of(document(number + "-" + i, "text")))
                                    .sequence());
                        }
                    }
                    return sequences;
                });
            }
            TreeSet<Long> all = new TreeSet<>();
            try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
                for (Future<List<Long>> written : pool.invokeAll(writers)) {
                    assertThat(written.get()).isSorted();
                    all.addAll(written.get());
                }
            }
            assertThat(all).hasSize(40).first().isEqualTo(1L);
            assertThat(all.last()).isEqualTo(40L);
            assertThat(changesAfter(0, 100).documents()).hasSize(40);
        }
    }

    @Nested
    class Writers_of_the_same_documents {
        @Test
        void never_fail_because_of_each_other() throws Exception {
            List<Callable<Long>> writers = new ArrayList<>();
            for (int writer = 0; writer < 4; writer++) {
                int number = writer;
                writers.add(() -> {
                    Random random = new Random(number);
                    long last = 0;
                    for (int i = 0; i < 25; i++) {
                        String text = number + " wrote " + i;
                        last = store.upsert(
                                        "default",
                                        random.ints(4, 0, 9)
                                                .mapToObj(id -> document("d" + id, text))
                                                .toList())
                                .sequence();
                        store.delete("default", "d" + random.nextInt(9));
                    }
                    return last;
                });
            }
            try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
                for (Future<Long> written : pool.invokeAll(writers)) {
                    assertThat(written.get()).isPositive();
                }
            }
            assertThat(changesAfter(0, 100).through()).isEqualTo(store.head().sequence());
        }
    }

    @Nested
    class Cached_vectors {
        private static final Duration LONG = Duration.ofMinutes(1);
        private final String hash = Contents.inputHash("text");

        @Test
        void are_found_by_fingerprint_and_input() {
            store.vectors().put("fingerprint", Map.of(hash, new float[] {1.5f, -2f}));
            store.vectors().put("fingerprint", Map.of(hash, new float[] {1.5f, -2f}));
            store.vectors().put("fingerprint", Map.of());

            assertThat(store.vectors().get("fingerprint", List.of(hash, "other")))
                    .hasSize(1)
                    .hasEntrySatisfying(hash, vector -> assertThat(vector).containsExactly(1.5f, -2f));
            assertThat(store.vectors().get("another", List.of(hash))).isEmpty();
        }

        @Test
        void are_made_by_the_one_who_claimed_them_first() {
            try (DocumentStore other = open("default/other")) {
                assertThat(store.vectors().claim("fingerprint", List.of("a", "b"), LONG))
                        .containsExactlyInAnyOrder("a", "b");
                assertThat(other.vectors().claim("fingerprint", List.of("b", "c"), LONG))
                        .containsExactly("c");
            }
        }

        @Test
        void are_taken_over_from_a_claimer_that_died() {
            try (DocumentStore dead = open("default/support")) {
                dead.vectors().claim("fingerprint", List.of("a"), Duration.ofMillis(300));
            }

            assertThat(store.vectors().claim("fingerprint", List.of("a"), LONG)).isEmpty();
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> store.vectors().claim("fingerprint", List.of("a"), LONG), Set.of("a")::equals);
        }

        @Test
        void are_not_to_be_made_again_by_one_who_looked_before_they_were_there() {
            store.vectors().claim("fingerprint", List.of(hash), LONG);
            store.vectors().put("fingerprint", Map.of(hash, new float[] {1f}));

            try (DocumentStore other = open("default/support")) {
                assertThat(other.vectors().claim("fingerprint", List.of(hash, "new"), LONG))
                        .containsExactly("new");
            }
        }

        @Test
        void go_when_nobody_has_used_them_for_long() {
            store.vectors().put("old", Map.of(hash, new float[] {1f}));

            store.vectors().forgetUnused(Duration.ofDays(1));
            assertThat(store.vectors().get("old", List.of(hash))).isNotEmpty();

            store.vectors().forgetUnused(Duration.ZERO);
            assertThat(store.vectors().get("old", List.of(hash))).isEmpty();
        }
    }

    @Nested
    class A_store_that_is_opened_again {
        @Test
        void is_the_same_one() {
            store.upsert("default", List.of(document("a", "one")));
            Head before = store.head();
            store.close();

            store = open("default/support");

            assertThat(store.head()).isEqualTo(before);
            assertThat(store.get("default", "a")).isPresent();
        }
    }
}
