package dev.ragops.runtime.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragops.runtime.bundle.SourceDocument;
import dev.ragops.runtime.store.WriteResult.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
import org.junit.jupiter.api.io.TempDir;

/** What every store promises; run here on SQLite, and on PostgreSQL by the subclass. */
class DocumentStoreTest {
    @TempDir
    Path directory;

    DocumentStore store;

    DocumentStore open(String name) {
        return Stores.sqlite(directory.resolve("documents.db"), name);
    }

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
    class A_delete {
        @Test
        void leaves_a_tombstone_that_readers_see() {
            store.upsert("default", List.of(document("a", "one")));

            WriteResult deleted = store.delete("default", "a");

            assertThat(deleted.outcomes())
                    .extracting(WriteResult.Outcome::status)
                    .containsExactly(Status.DELETED);
            Changes changes = store.changesAfter(1, 10);
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
                Changes changes = store.changesAfter(at, 10);
                assertThat(changes.documents().size() % 7).isZero();
                seen += changes.documents().size();
                at = changes.through();
            }
            assertThat(seen).isEqualTo(35);
        }

        @Test
        void that_is_abreast_gets_nothing() {
            store.upsert("default", List.of(document("a", "one")));

            assertThat(store.changesAfter(1, 10)).isEqualTo(new Changes(1, List.of()));
        }

        @Test
        void behind_a_compaction_is_told_so_by_the_head() {
            store.upsert("default", List.of(document("a", "one")));
            store.delete("default", "a");

            store.compact(2);

            assertThat(store.head().compactedThrough()).isEqualTo(2);
            assertThat(store.changesAfter(0, 10).documents()).isEmpty();
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
            assertThat(store.changesAfter(0, 100).documents()).hasSize(40);
        }
    }

    @Nested
    class Cached_vectors {
        @Test
        void are_found_by_fingerprint_and_input() {
            String hash = Contents.inputHash("text");
            store.putVectors("fingerprint", Map.of(hash, new float[] {1.5f, -2f}));
            store.putVectors("fingerprint", Map.of(hash, new float[] {1.5f, -2f}));
            store.putVectors("fingerprint", Map.of());

            assertThat(store.vectors("fingerprint", List.of(hash, "other")))
                    .hasSize(1)
                    .hasEntrySatisfying(hash, vector -> assertThat(vector).containsExactly(1.5f, -2f));
            assertThat(store.vectors("another", List.of(hash))).isEmpty();
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

    @Nested
    class An_address {
        @Test
        void that_is_none_is_refused_with_the_form_it_should_have() {
            assertThatThrownBy(() -> Stores.postgres("jdbc:mysql://x", "s"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("postgres://user:password@host:port/database");
            assertThatThrownBy(() -> Stores.postgres("not a url at all", "s")).isInstanceOf(StoreException.class);
        }

        @Test
        void where_nobody_answers_says_so_and_shows_no_password() {
            assertThatThrownBy(() -> Stores.postgres("postgres://user:geheim@127.0.0.1:1/db", "s"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("does not answer")
                    .hasMessageNotContaining("geheim");
        }
    }
}
