package dev.ragops.runtime.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.ragops.runtime.index.OrdinalFilter;
import dev.ragops.runtime.index.ScoredOrdinals;
import dev.ragops.runtime.lexical.LexicalIndex;
import dev.ragops.runtime.search.RetrievalConfig.IndexKind;
import dev.ragops.runtime.search.RetrievalConfig.Mode;
import dev.ragops.runtime.search.SnapshotFile.Cursor;
import dev.ragops.runtime.search.SnapshotFile.Origin;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class SnapshotFileTest {
    private static final Origin ORIGIN = new Origin("f", "bundle, 200 tokens");
    private static final Cursor CURSOR = new Cursor("epoch-1", 7);

    private final FakeEmbedder embedder = new FakeEmbedder("f");
    private final Indexer indexer = new Indexer("f", embedder.dimension(), IndexKind.HNSW, Runnable::run);

    @TempDir
    Path folder;

    /** Words that cannot be written. */
    private static final class NoWords implements LexicalIndex {
        @Override
        public int size() {
            return 0;
        }

        @Override
        public ScoredOrdinals search(String question, int k, OrdinalFilter accept) {
            return ScoredOrdinals.NONE;
        }

        @Override
        public long memoryBytes() {
            return 0;
        }

        @Override
        public boolean isWhole() {
            return true;
        }

        @Override
        public void write(DataOutput out) throws IOException {
            throw new IOException("disk full");
        }
    }

    private SnapshotFile snapshot() {
        return new SnapshotFile(folder.resolve("data/index.snapshot"));
    }

    private Path file() {
        return folder.resolve("data/index.snapshot");
    }

    private ViewChange.EmbeddedDocument document(int number) {
        List<ViewChange.EmbeddedPassage> parts = new ArrayList<>();
        for (int chunk = 0; chunk < 2; chunk++) {
            String text =
                    "passage " + number + " about topic" + number % 17 + " and word" + (number * 31 + chunk) % 101;
            Map<String, Object> metadata = Map.of(
                    "number",
                    number,
                    "price",
                    new BigDecimal("1.50"),
                    "ratio",
                    0.25,
                    "big",
                    1L << 40,
                    "even",
                    number % 2 == 0,
                    "tags",
                    List.of("a", "b" + number % 3));
            Passage passage =
                    new Passage("default", "doc" + number, chunk, 0, text.length(), "Title " + number, text, metadata);
            parts.add(new ViewChange.EmbeddedPassage(passage, embedder.embedQuery(passage.modelInput())));
        }
        return new ViewChange.EmbeddedDocument(new DocumentKey("default", "doc" + number), parts);
    }

    private View complete() {
        List<ViewChange.EmbeddedDocument> documents = new ArrayList<>();
        for (int number = 0; number < 300; number++) {
            documents.add(document(number));
        }
        return indexer.apply(new ViewChange(40, documents, Set.of()));
    }

    /** With dead passages in it, which BM25 goes on counting until segments are merged: scores differ a little. */
    private View filled() {
        complete();
        return indexer.apply(new ViewChange(41, List.of(document(3)), Set.of(new DocumentKey("default", "doc5"))));
    }

    private List<SearchHit> hits(View view, String question, Mode mode, Optional<Filter> filter) {
        return new Searcher(embedder, RetrievalConfig.DEFAULT.withMode(mode))
                .search(
                        view,
                        new SearchRequest(question, 20, Optional.empty(), "default", filter, OptionalDouble.empty()))
                .hits();
    }

    @Test
    void what_was_written_answers_the_same_after_it_was_read() throws IOException {
        View view = complete();
        snapshot().write(view, ORIGIN, CURSOR);
        SnapshotFile.Restored restored =
                snapshot().read(ORIGIN, embedder.dimension()).orElseThrow();
        assertThat(restored.cursor()).isEqualTo(CURSOR);
        assertThat(restored.sequence()).isEqualTo(40);
        try (Indexer again = Indexer.of(restored, IndexKind.HNSW, Runnable::run)) {
            View read = again.current();
            assertThat(read.sequence()).isEqualTo(40);
            assertThat(read.dense().kind()).isEqualTo("hnsw");
            assertThat(read.passages().live()).isEqualTo(view.passages().live());
            assertThat(read.passages().documents()).isEqualTo(300);
            Filter even = new Filter.Comparison(Filter.Operator.EQ, "even", true);
            for (Mode mode : Mode.values()) {
                for (String question : List.of("topic3 word40", "passage about topic16", "word99")) {
                    assertThat(hits(read, question, mode, Optional.empty()))
                            .isEqualTo(hits(view, question, mode, Optional.empty()));
                    assertThat(hits(read, question, mode, Optional.of(even)))
                            .isEqualTo(hits(view, question, mode, Optional.of(even)));
                }
            }
        }
    }

    @Test
    void changes_go_on_from_it() throws IOException {
        snapshot().write(filled(), ORIGIN, CURSOR);
        SnapshotFile.Restored restored =
                snapshot().read(ORIGIN, embedder.dimension()).orElseThrow();
        try (Indexer again = Indexer.of(restored, IndexKind.HNSW, Runnable::run)) {
            View after = again.apply(new ViewChange(
                    42,
                    List.of(document(400)),
                    Set.of(new DocumentKey("default", "doc9"), new DocumentKey("default", "doc3"))));
            List<String> found = hits(after, "passage 3 9 400", Mode.LEXICAL, Optional.empty()).stream()
                    .map(hit -> hit.passage().documentId())
                    .toList();
            assertThat(found).contains("doc400").doesNotContain("doc9", "doc3", "doc5");
            assertThat(after.passages().documents()).isEqualTo(298);
        }
    }

    @Test
    void an_empty_index_is_an_index() throws IOException {
        snapshot().write(indexer.current(), ORIGIN, CURSOR);
        assertThat(snapshot().read(ORIGIN, embedder.dimension())).isPresent();
    }

    @Nested
    class Is_not_used {
        private final Logger logger = (Logger) LoggerFactory.getLogger(SnapshotFile.class);
        private final ListAppender<ILoggingEvent> log = new ListAppender<>();

        @BeforeEach
        void listen() {
            log.start();
            logger.addAppender(log);
        }

        @AfterEach
        void stopListening() {
            logger.detachAppender(log);
        }

        /** What the log says about a snapshot that is not used. */
        private String refusal(Origin expected, int dimension, String what) {
            log.list.clear();
            assertThat(snapshot().read(expected, dimension)).as(what).isEmpty();
            assertThat(log.list)
                    .as(what)
                    .singleElement()
                    .extracting(ILoggingEvent::getLevel)
                    .isEqualTo(Level.WARN);
            return log.list.getFirst().getFormattedMessage();
        }

        @Test
        void when_there_is_none() {
            assertThat(snapshot().read(ORIGIN, embedder.dimension())).isEmpty();
            assertThat(log.list).isEmpty();
        }

        @Test
        void when_it_is_of_another_embedder_bundle_or_dimension() throws IOException {
            snapshot().write(filled(), ORIGIN, CURSOR);
            assertThat(refusal(new Origin("g", ORIGIN.content()), embedder.dimension(), "embedder"))
                    .contains(file().toString(), "its vectors are of another embedder, f", "derived anew");
            assertThat(refusal(new Origin("f", "other"), embedder.dimension(), "content"))
                    .contains("its passages are of another bundle or chunking", "derived anew");
            assertThat(refusal(ORIGIN, embedder.dimension() + 1, "dimension"))
                    .contains("its vectors have 64 numbers, not 65", "derived anew");
        }

        @Test
        void when_it_was_cut_anywhere() throws IOException {
            snapshot().write(filled(), ORIGIN, CURSOR);
            byte[] whole = Files.readAllBytes(file());
            for (int length = 0; length < whole.length; length += 1 + whole.length / 97) {
                Files.write(file(), Arrays.copyOf(whole, length));
                assertThat(refusal(ORIGIN, embedder.dimension(), "cut at %d of %d".formatted(length, whole.length)))
                        .contains(file().toString(), "derived anew");
            }
        }

        @Test
        void when_any_bit_of_it_changed() throws IOException {
            snapshot().write(filled(), ORIGIN, CURSOR);
            byte[] whole = Files.readAllBytes(file());
            for (int at = 0; at < whole.length; at += 1 + whole.length / 293) {
                byte[] changed = whole.clone();
                changed[at] ^= (byte) (1 << (at % 8));
                Files.write(file(), changed);
                assertThat(refusal(ORIGIN, embedder.dimension(), "bit of byte %d".formatted(at)))
                        .contains(file().toString(), "derived anew");
            }
        }
    }

    @Test
    void a_write_that_fails_leaves_the_old_one() throws IOException {
        View view = filled();
        snapshot().write(view, ORIGIN, CURSOR);
        View torn = new View(view.sequence(), "f", view.passages(), view.dense(), new NoWords());

        assertThatThrownBy(() -> snapshot().write(torn, ORIGIN, CURSOR)).hasMessage("disk full");

        assertThat(folder.resolve("data")).isDirectoryNotContaining(other -> !other.equals(file()));
        assertThat(snapshot().read(ORIGIN, embedder.dimension())).isPresent();
    }
}
