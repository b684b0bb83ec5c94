package dev.ragops.runtime.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ragops.runtime.index.OrdinalFilter;
import dev.ragops.runtime.search.RetrievalConfig.IndexKind;
import dev.ragops.runtime.search.RetrievalConfig.Mode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class IndexerTest {
    private final FakeEmbedder embedder = new FakeEmbedder("f");
    private final Indexer indexer = new Indexer("f", embedder.dimension(), IndexKind.AUTO, Runnable::run);
    private long sequence;

    private ViewChange.EmbeddedDocument document(String collection, String id, String... texts) {
        List<ViewChange.EmbeddedPassage> parts = new ArrayList<>();
        for (int i = 0; i < texts.length; i++) {
            Passage passage = new Passage(collection, id, i, 0, texts[i].length(), "", texts[i], Map.of("id", id));
            parts.add(new ViewChange.EmbeddedPassage(passage, embedder.embedQuery(passage.modelInput())));
        }
        return new ViewChange.EmbeddedDocument(new DocumentKey(collection, id), parts);
    }

    private View put(String id, String... texts) {
        return indexer.apply(new ViewChange(++sequence, List.of(document("default", id, texts)), Set.of()));
    }

    private View delete(String id) {
        return indexer.apply(new ViewChange(++sequence, List.of(), Set.of(new DocumentKey("default", id))));
    }

    private Set<String> found(View view, String question, Mode mode) {
        Set<String> ids = new TreeSet<>();
        new Searcher(embedder, RetrievalConfig.DEFAULT.withMode(mode))
                .search(view, SearchRequest.of(question, 50))
                .hits()
                .forEach(hit ->
                        ids.add(hit.passage().documentId() + ":" + hit.passage().text()));
        return ids;
    }

    @Nested
    class A_change {
        @Test
        void is_visible_in_the_view_it_returns_and_not_in_older_ones() {
            View before = indexer.current();
            View after = put("a", "apples grow on trees");
            assertThat(before.passages().live()).isZero();
            assertThat(found(before, "apples", Mode.HYBRID)).isEmpty();
            assertThat(found(after, "apples", Mode.HYBRID)).containsExactly("a:apples grow on trees");
            assertThat(after.sequence()).isEqualTo(1);
            assertThat(indexer.current()).isSameAs(after);
        }

        @Test
        void replacing_a_document_leaves_no_old_chunk_in_either_leg() {
            put("a", "apples one", "apples two", "apples three");
            View view = put("a", "pears only");
            for (Mode mode : Mode.values()) {
                assertThat(found(view, "apples pears", mode)).as(mode.name()).containsExactly("a:pears only");
            }
            assertThat(view.passages().live()).isEqualTo(1);
            assertThat(view.passages().documents()).isEqualTo(1);
        }

        @Test
        void deleting_hides_at_once_and_an_older_view_still_answers() {
            View before = put("a", "apples");
            View after = delete("a");
            assertThat(found(after, "apples", Mode.HYBRID)).isEmpty();
            assertThat(found(before, "apples", Mode.HYBRID)).containsExactly("a:apples");
        }

        @Test
        void of_an_unknown_document_only_moves_the_sequence() {
            View view = delete("never");
            assertThat(view.sequence()).isEqualTo(1);
            assertThat(view.passages().live()).isZero();
        }

        @Test
        void a_document_without_passages_disappears() {
            put("a", "apples");
            assertThat(put("a").passages().live()).isZero();
        }

        @Test
        void naming_a_document_twice_keeps_the_last() {
            View view = indexer.apply(new ViewChange(
                    1,
                    List.of(document("default", "a", "first"), document("default", "a", "second")),
                    Set.of(new DocumentKey("default", "a"))));
            assertThat(found(view, "first second", Mode.HYBRID)).containsExactly("a:second");
        }

        @Test
        void collections_do_not_see_each_other() {
            indexer.apply(new ViewChange(
                    1, List.of(document("default", "a", "apples"), document("other", "a", "apples too")), Set.of()));
            assertThat(found(indexer.current(), "apples", Mode.HYBRID)).containsExactly("a:apples");
            View view = indexer.apply(new ViewChange(2, List.of(), Set.of(new DocumentKey("other", "a"))));
            assertThat(found(view, "apples", Mode.HYBRID)).containsExactly("a:apples");
        }

        @Test
        void that_is_refused_leaves_nothing_half_done() {
            put("deleted", "apples");
            View before = put("replaced", "old pears");
            ViewChange.EmbeddedDocument replacement = document("default", "replaced", "new pears");
            ViewChange.EmbeddedDocument added = document("default", "added", "plums");
            ViewChange.EmbeddedDocument misfit = new ViewChange.EmbeddedDocument(
                    added.key(),
                    List.of(new ViewChange.EmbeddedPassage(
                            added.passages().getFirst().passage(), new float[3])));
            Set<DocumentKey> deletes = Set.of(new DocumentKey("default", "deleted"));

            assertThatThrownBy(() -> indexer.apply(new ViewChange(3, List.of(replacement, misfit), deletes)))
                    .hasMessageContaining("a vector of 3 numbers");
            assertThat(indexer.current()).isSameAs(before);

            View after = indexer.apply(new ViewChange(3, List.of(replacement, added), deletes));
            for (Mode mode : Mode.values()) {
                assertThat(found(after, "apples old new pears plums", mode))
                        .as(mode.name())
                        .containsExactly("added:plums", "replaced:new pears");
            }
            assertThat(after.passages().documents()).isEqualTo(2);
        }

        @Test
        void after_close_is_refused() {
            indexer.close();
            assertThatThrownBy(() -> put("a", "x")).hasMessageContaining("closed");
        }
    }

    @Nested
    class Over_a_long_life {
        /** Enough churn for compactions and, with HNSW, several builds; the truth is a plain map. */
        @Test
        void views_hold_exactly_what_was_put_and_not_deleted() {
            for (IndexKind kind : IndexKind.values()) {
                try (Indexer churned = new Indexer("f", embedder.dimension(), kind, Runnable::run)) {
                    churn(churned);
                }
            }
        }

        private void churn(Indexer churned) {
            Random random = new Random(31);
            Map<String, String> truth = new HashMap<>();
            for (int step = 1; step <= 120; step++) {
                List<ViewChange.EmbeddedDocument> upserts = new ArrayList<>();
                Set<DocumentKey> deletes = new java.util.HashSet<>();
                for (int i = 0; i < 40; i++) {
                    String id = "d" + random.nextInt(400);
                    if (random.nextInt(4) == 0) {
                        deletes.add(new DocumentKey("default", id));
                        truth.remove(id);
                        upserts.removeIf(d -> d.key().id().equals(id));
                    } else {
                        String text = "word" + random.nextInt(2000) + " step" + step + " common";
                        upserts.removeIf(d -> d.key().id().equals(id));
                        upserts.add(document("default", id, text));
                        truth.put(id, text);
                    }
                }
                churned.apply(new ViewChange(step, upserts, deletes));
            }
            View view = churned.current();
            assertThat(view.sequence()).isEqualTo(120);
            assertThat(view.passages().live()).isEqualTo(truth.size());
            assertThat(view.lexical().size()).isEqualTo(truth.size());
            // 4,800 writes to 400 documents: what was compacted away is not carried along.
            assertThat(view.dense().size()).isLessThan(2_500);
            var all = view.passages().matching("default", Optional.empty());
            assertThat(all.cardinality()).isEqualTo(truth.size());
            assertThat(view.lexical().search("common", 1000, all).count()).isEqualTo(truth.size());
            truth.forEach((id, text) -> {
                var best = view.dense().search(embedder.embedQuery(text), 10, all);
                List<String> ids = new ArrayList<>();
                for (int ordinal : best.ordinals()) {
                    ids.add(view.passages().get(ordinal).documentId());
                    assertThat(view.passages().get(ordinal).text())
                            .isEqualTo(truth.get(view.passages().get(ordinal).documentId()));
                }
                assertThat(ids).contains(id);
            });
        }
    }

    @Nested
    class Background_work {
        @Test
        void that_is_running_misses_no_change() {
            List<Runnable> waiting = new ArrayList<>();
            try (Indexer slow = new Indexer("f", embedder.dimension(), IndexKind.EXACT, waiting::add)) {
                List<ViewChange.EmbeddedDocument> many = new ArrayList<>();
                for (int i = 0; i < 1500; i++) {
                    many.add(document("default", "d" + i, "text number" + i));
                }
                slow.apply(new ViewChange(1, many, Set.of()));
                Set<DocumentKey> most = new java.util.HashSet<>();
                for (int i = 0; i < 1200; i++) {
                    most.add(new DocumentKey("default", "d" + i));
                }
                slow.apply(new ViewChange(2, List.of(), most));
                assertThat(waiting).hasSize(1);
                slow.apply(new ViewChange(
                        3,
                        List.of(document("default", "late", "latecomer")),
                        Set.of(new DocumentKey("default", "d1499"))));
                waiting.getFirst().run();
                View view = slow.current();
                assertThat(view.sequence()).isEqualTo(3);
                assertThat(view.passages().live()).isEqualTo(300);
                assertThat(view.dense().size()).isLessThan(400);
                assertThat(found(view, "latecomer", Mode.LEXICAL)).containsExactly("late:latecomer");
                assertThat(found(view, "number1499", Mode.LEXICAL)).isEmpty();
            }
        }

        @Test
        void keeps_the_graph_until_there_is_one_of_what_is_left() {
            Deque<Runnable> waiting = new ArrayDeque<>();
            try (Indexer slow = new Indexer("f", embedder.dimension(), IndexKind.HNSW, waiting::add)) {
                slow.apply(new ViewChange(1, documents(0, 1600), Set.of()));
                waiting.remove().run();
                assertThat(slow.current().dense().kind()).isEqualTo("hnsw");

                View mostGone = slow.apply(new ViewChange(2, List.of(), keys(0, 1200)));
                View later = slow.apply(new ViewChange(3, documents(2000, 2010), keys(1590, 1600)));
                for (View meanwhile : List.of(mostGone, later)) {
                    assertThat(meanwhile.dense().kind()).isEqualTo("hnsw");
                }
                waiting.remove().run();

                View compacted = slow.current();
                assertThat(compacted.dense().kind()).isEqualTo("hnsw");
                assertThat(compacted.dense().size()).isEqualTo(410);
                assertThat(compacted.passages().live()).isEqualTo(400);
                assertThat(found(compacted, "text number1300", Mode.DENSE)).contains("d1300:text number1300");
                assertThat(found(compacted, "text number2005", Mode.DENSE)).contains("d2005:text number2005");
                assertThat(found(compacted, "number1595", Mode.LEXICAL)).isEmpty();
                assertThat(waiting).isEmpty();
            }
        }

        @Test
        void of_a_compaction_copies_long_documents_and_many_slices_whole() {
            try (Indexer compacting = new Indexer("f", embedder.dimension(), IndexKind.EXACT, Runnable::run)) {
                String[] chunks =
                        IntStream.range(0, 1500).mapToObj(i -> "chunk" + i).toArray(String[]::new);
                List<ViewChange.EmbeddedDocument> all = new ArrayList<>(documents(0, 1500));
                all.add(document("default", "long", chunks));
                all.addAll(documents(1500, 4000));
                compacting.apply(new ViewChange(1, all, Set.of()));

                View before = compacting.apply(new ViewChange(2, List.of(), keys(1000, 2500)));
                View after = compacting.current();

                assertThat(before.dense().size()).isEqualTo(5500);
                assertThat(after.dense().size()).isEqualTo(4000);
                assertThat(after.passages().documents()).isEqualTo(2501);
                assertThat(after.passages().all())
                        .containsExactlyElementsOf(before.passages().all().toList());
                assertThat(after.dense()
                                .search(embedder.embedQuery("chunk1499"), 1, everything(after))
                                .scores()[0])
                        .isCloseTo(1, within(1e-4f));
            }
        }

        @Test
        void of_a_graph_that_ends_after_further_writes_covers_what_it_began_with() {
            Deque<Runnable> waiting = new ArrayDeque<>();
            try (Indexer slow = new Indexer("f", embedder.dimension(), IndexKind.HNSW, waiting::add)) {
                slow.apply(new ViewChange(1, documents(0, 300), Set.of()));
                slow.apply(new ViewChange(2, documents(300, 350), keys(0, 10)));
                assertThat(slow.current().dense().kind()).isEqualTo("exact");

                waiting.remove().run();

                View view = slow.current();
                assertThat(view.sequence()).isEqualTo(2);
                assertThat(view.dense().kind()).isEqualTo("hnsw");
                assertThat(view.dense().size()).isEqualTo(350);
                for (String there : List.of("number10", "number299", "number300", "number349")) {
                    assertThat(found(view, "text " + there, Mode.DENSE))
                            .contains("d" + there.substring(6) + ":text " + there);
                }
                assertThat(found(view, "text number5", Mode.HYBRID)).doesNotContain("d5:text number5");
            }
        }

        @Test
        void of_the_words_shows_what_was_written_before_it_was_done() {
            Deque<Runnable> waiting = new ArrayDeque<>();
            try (Indexer slow = new Indexer("f", embedder.dimension(), IndexKind.EXACT, waiting::add)) {
                slow.apply(new ViewChange(1, documents(0, 5), Set.of()));
                View pieces = slow.apply(new ViewChange(2, documents(5, 10), Set.of()));
                assertThat(pieces.lexical().isWhole()).isFalse();
                slow.settle();
                slow.apply(new ViewChange(3, documents(10, 12), keys(0, 2)));

                waiting.remove().run();

                View settled = slow.current();
                assertThat(settled.sequence()).isEqualTo(3);
                assertThat(settled.lexical().isWhole()).isTrue();
                assertThat(settled.lexical().size()).isEqualTo(10);
                assertThat(found(settled, "text", Mode.LEXICAL)).hasSize(10).doesNotContain("d0:text number0");
                assertThat(found(pieces, "text", Mode.LEXICAL)).hasSize(10).contains("d0:text number0");
            }
        }

        /** Real threads; whatever they meet each other at, every view is whole. */
        @Test
        void loses_no_write_and_no_question_beside_it() {
            try (ExecutorService thread = Executors.newSingleThreadExecutor();
                    Indexer busy = new Indexer("f", embedder.dimension(), IndexKind.HNSW, thread)) {
                busy.apply(new ViewChange(1, documents(0, 2000), Set.of()));
                for (int step = 0; step < 150; step++) {
                    int gone = step * 10;
                    View view = busy.apply(
                            new ViewChange(step + 2, documents(3000 + step, 3001 + step), keys(gone, gone + 10)));
                    busy.settle();
                    for (View each : List.of(view, busy.current())) {
                        assertThat(each.passages().live()).isEqualTo(2000 - 9 * (step + 1));
                        assertThat(found(each, "number" + (3000 + step), Mode.LEXICAL))
                                .hasSize(1);
                        assertThat(found(each, "number" + (gone + 9), Mode.LEXICAL))
                                .isEmpty();
                        assertThat(each.dense()
                                        .search(embedder.embedQuery("text number1999"), 1, everything(each))
                                        .scores()[0])
                                .isCloseTo(1, within(1e-4f));
                    }
                }
                thread.close();
                assertThat(busy.current().passages().live()).isEqualTo(650);
                assertThat(busy.current().dense().size()).isLessThan(2000);
            }
        }

        private List<ViewChange.EmbeddedDocument> documents(int from, int to) {
            return IntStream.range(from, to)
                    .mapToObj(i -> document("default", "d" + i, "text number" + i))
                    .toList();
        }

        private static OrdinalFilter everything(View view) {
            return view.passages().matching("default", Optional.empty());
        }

        private static Set<DocumentKey> keys(int from, int to) {
            return IntStream.range(from, to)
                    .mapToObj(i -> new DocumentKey("default", "d" + i))
                    .collect(Collectors.toSet());
        }
    }
}
