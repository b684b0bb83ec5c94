package dev.ragops.gateway.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.gateway.evidence.Sources.Source;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SourcesTest {
    private static final String OURS = """
            {"answer": {"text": "t", "citations": [{"start": 0, "source": 0}], "data": [1]},
             "sources": [{"documentId": "a", "chunk": 2, "start": 5, "end": 9, "metadata": {"documentId": "z", "start": 1}},
                         {"documentId": "b", "start": 0, "end": 4}], "sequence": 42}
            """;

    @Nested
    class AreReadFrom {
        @Test
        void ourOwnAnswers() {
            assertThat(read(OURS)).containsExactly(new Source("a", 5, 9), new Source("b", 0, 4));
        }

        @Test
        void aVectorStoreSearch() {
            assertThat(read("""
                    {"object": "vector_store.search_results.page", "search_query": "q",
                     "data": [{"file_id": "a", "score": 0.8, "attributes": {"start": 3}, "content": [{"type": "text", "text": "t"}]}]}
                    """)).containsExactly(new Source("a", 0, Long.MAX_VALUE));
        }

        @Test
        void aRetrieve() {
            assertThat(read("""
                    {"query": "q", "results": [{"doc_id": "a", "node_id": "n", "text": "t", "score": 0.5, "metadata": null}]}
                    """)).containsExactly(new Source("a", 0, Long.MAX_VALUE));
        }

        @Test
        void theAnnotationsOfAChat() {
            assertThat(read("""
                    {"choices": [{"index": 0, "message": {"role": "assistant", "content": "t", "annotations":
                     [{"type": "file_citation", "file_citation": {"file_id": "a", "index": 3}}, {"type": "file_citation", "file_id": "b"}]}}]}
                    """)).extracting(Source::document).containsExactly("a", "b");
        }

        @Test
        void aChatThatNamesAllItsSources() {
            assertThat(read("""
                    {"choices": [{"message": {"content": "t", "annotations": [{"file_id": "b"}]}}],
                     "sources": [{"documentId": "a", "start": 0, "end": 4}]}
                    """)).containsExactly(new Source("a", 0, 4));
        }

        @Test
        void compressedAnswers() throws Exception {
            assertThat(Sources.of(gzip(OURS), "gzip", 10)).contains(new Sources(read(OURS)));
            assertThat(Sources.of(gzip(OURS), "br", 10)).isEmpty();
            assertThat(Sources.of(OURS.getBytes(StandardCharsets.UTF_8), "gzip", 10))
                    .isEmpty();
        }

        @Test
        void nothingElse() {
            for (String body : List.of(
                    "",
                    "{}",
                    "not json",
                    "[1]",
                    "{\"sources\": 7}",
                    "{\"sources\": [{\"documentId\"",
                    "{\"x\": {\"sources\": []}}")) {
                assertThat(Sources.of(body.getBytes(StandardCharsets.UTF_8), null, 10))
                        .as(body)
                        .isEmpty();
            }
            assertThat(Sources.of(new byte[] {(byte) 0xc3, 0x28}, null, 10)).isEmpty();
        }

        @Test
        void noBombsOfCompressedNothing() throws Exception {
            assertThat(Sources.of(gzip(" ".repeat(8 << 20) + OURS), "gzip", 10)).isEmpty();
        }
    }

    @Nested
    class OfAStream {
        private static final String STREAM =
                "event: sources\ndata: {\"sources\": [{\"documentId\": \"ä\", \"start\": 0, \"end\": 4}]}\n\nevent: delta\ndata: {}\n\n";

        @Test
        void areFoundHoweverTheBytesAreCut() {
            byte[] bytes = STREAM.getBytes(StandardCharsets.UTF_8);
            for (int size : new int[] {1, 7, 1000}) {
                assertThat(feed(bytes, size, null)).as("pieces of " + size).containsExactly(new Source("ä", 0, 4));
            }
            assertThat(feed(STREAM.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8), 9, null))
                    .hasSize(1);
        }

        @Test
        void areAnArrayOfTheirOwnEventOrAFieldOfAChatsFirstChunk() {
            String array = "event: sources\ndata: [{\"documentId\": \"a\", \"start\": 0, \"end\": 4}]\n\n";
            String chat =
                    "data: {\"choices\": [{\"delta\": {}}], \"sources\": [{\"documentId\": \"a\", \"start\": 0, \"end\": 4}]}\n\n";
            for (String stream : List.of(array, chat, ": hello\n\n" + array)) {
                assertThat(feed(stream.getBytes(StandardCharsets.UTF_8), 1000, null))
                        .as(stream)
                        .containsExactly(new Source("a", 0, 4));
            }
            assertThat(feed("data: {}\n\ndata: {}\n\ndata: {}\n\n".getBytes(StandardCharsets.UTF_8), 9, null))
                    .isEmpty();
        }

        @Test
        void areFoundWhileItIsStillBeingCompressed() throws Exception {
            assertThat(feed(gzip(STREAM), 16, "gzip")).containsExactly(new Source("ä", 0, 4));
        }

        @Test
        void areNotLookedForWithoutEnd() {
            SourcesOfStream finder = new SourcesOfStream(null, 10);
            assertThat(finder.feed(new byte[300 * 1024])).isEmpty();
            assertThat(finder.feed(STREAM.getBytes(StandardCharsets.UTF_8))).isEmpty();
        }

        private static List<Source> feed(byte[] bytes, int size, @org.jspecify.annotations.Nullable String encoding) {
            SourcesOfStream finder = new SourcesOfStream(encoding, 10);
            List<Source> found = new ArrayList<>();
            for (int at = 0; at < bytes.length; at += size) {
                finder.feed(java.util.Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + size)))
                        .ifPresent(sources -> found.addAll(sources.list()));
            }
            return found;
        }
    }

    private static List<Source> read(String body) {
        Optional<Sources> sources = Sources.of(body.getBytes(StandardCharsets.UTF_8), null, 10);
        return sources.orElseThrow().list();
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }
}
