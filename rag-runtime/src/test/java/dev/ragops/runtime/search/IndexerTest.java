package dev.ragops.runtime.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ragops.runtime.search.RetrievalConfig.IndexKind;
import dev.ragops.runtime.search.RetrievalConfig.Mode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
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
    }
}
