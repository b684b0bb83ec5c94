package dev.ragops.runtime.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxEmbedderTest {
    private static final Embedders.Resources RESOURCES = new Embedders.Resources(2, 0);
    private static final EmbedderSpec.Encoding MEAN =
            new EmbedderSpec.Encoding(EmbedderSpec.Pooling.MEAN, 256, true, "", "");

    private static Embedder embedder;

    @BeforeAll
    static void open() {
        embedder = builtin("all-MiniLM-L6-v2-q");
    }

    @AfterAll
    static void close() {
        embedder.close();
    }

    private static Embedder builtin(String name) {
        return Embedders.open(new EmbedderSpec.Builtin(name), Path.of("."), RESOURCES);
    }

    private static double cosine(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    @Nested
    class Vectors {
        @Test
        void have_the_models_length_and_unit_norm() {
            float[] vector = embedder.embedQuery("How do I roll back?");
            assertThat(vector).hasSize(384).hasSize(embedder.dimension());
            assertThat(cosine(vector, vector)).isEqualTo(1, within(1e-5));
        }

        @Test
        void mean_what_the_text_means() {
            float[] question = embedder.embedQuery("How can I undo a deployment?");
            List<float[]> passages = embedder.embedPassages(
                    List.of("Rolling back a release restores the previous version.", "Bananas are rich in potassium."));
            assertThat(cosine(question, passages.get(0))).isGreaterThan(cosine(question, passages.get(1)) + 0.2);
        }

        /** Dynamic quantisation sees the whole batch, so a batch must not be one. */
        @Test
        void do_not_depend_on_their_companions() {
            List<String> texts = List.of("short", "a much longer text ".repeat(20), "", "漢字 and 😀");
            List<float[]> together = embedder.embedPassages(texts);
            for (int i = 0; i < texts.size(); i++) {
                assertThat(embedder.embedPassages(List.of(texts.get(i))).getFirst())
                        .isEqualTo(together.get(i));
            }
        }

        @Test
        void of_empty_and_endless_texts_exist() {
            assertThat(embedder.embedQuery("")).hasSize(384);
            assertThat(embedder.embedQuery("word ".repeat(100_000)))
                    .hasSize(384)
                    .doesNotContain(Float.NaN);
        }

        @Test
        void are_the_same_from_many_threads() throws Exception {
            float[] alone = embedder.embedQuery("same question");
            try (var pool = Executors.newFixedThreadPool(8)) {
                List<Callable<float[]>> calls =
                        java.util.Collections.nCopies(32, () -> embedder.embedQuery("same question"));
                for (var result : pool.invokeAll(calls)) {
                    assertThat(result.get()).isEqualTo(alone);
                }
            }
        }
    }

    @Nested
    class Fp32_batches {
        @Test
        void give_what_single_calls_give_up_to_rounding() {
            try (Embedder fp32 = builtin("all-MiniLM-L6-v2")) {
                List<String> texts = List.of("one", "two words", "three words here", "x ".repeat(300));
                List<float[]> together = fp32.embedPassages(texts);
                for (int i = 0; i < texts.size(); i++) {
                    assertThat(cosine(together.get(i), fp32.embedQuery(texts.get(i))))
                            .isEqualTo(1, within(1e-4));
                }
                assertThat(fp32.fingerprint()).isNotEqualTo(embedder.fingerprint());
            }
        }
    }

    @Nested
    class Fingerprint {
        @Test
        void is_stable_for_equal_configuration_and_changes_with_it(@TempDir Path bundle) throws IOException {
            ship(bundle);
            EmbedderSpec.Encoding cls = new EmbedderSpec.Encoding(EmbedderSpec.Pooling.CLS, 256, true, "", "");
            try (Embedder a = Embedders.open(bundled(MEAN, Optional.empty()), bundle, RESOURCES);
                    Embedder b = Embedders.open(bundled(MEAN, Optional.empty()), bundle, RESOURCES);
                    Embedder c = Embedders.open(bundled(cls, Optional.empty()), bundle, RESOURCES)) {
                assertThat(a.fingerprint()).isEqualTo(b.fingerprint()).isNotEqualTo(c.fingerprint());
                // The same weights and settings are the same space, wherever they came from.
                assertThat(a.fingerprint()).isEqualTo(embedder.fingerprint());
            }
        }
    }

    @Nested
    class Query_cache {
        @Test
        void remembers_recent_questions_within_its_bound() {
            try (Embedder cached = Embedders.open(
                    new EmbedderSpec.Builtin("all-MiniLM-L6-v2-q"), Path.of("."), new Embedders.Resources(1, 4000))) {
                float[] first = cached.embedQuery("a");
                first[0] = 99;
                assertThat(cached.embedQuery("a")[0]).isNotEqualTo(99);
                cached.embedQuery("b");
                cached.embedQuery("c");
                assertThat(cached.queryCache()).isEqualTo(new CacheStats(1, 3, 2));
                cached.embedQuery("longer than all there is room for ".repeat(100));
                assertThat(cached.queryCache().entries()).isEqualTo(2);
            }
        }
    }

    @Nested
    class Bad_input_names_the_file {
        @TempDir
        private Path bundle;

        @Test
        void a_model_that_is_not_onnx() throws IOException {
            ship(bundle);
            Files.writeString(bundle.resolve("model.onnx"), "<html>404 not found</html>");
            assertOpening(bundled(MEAN, Optional.empty()), "model.onnx is not an ONNX model");
        }

        @Test
        void an_empty_model() throws IOException {
            ship(bundle);
            Files.write(bundle.resolve("model.onnx"), new byte[0]);
            assertOpening(bundled(MEAN, Optional.empty()), "model.onnx is not an ONNX model (0 bytes");
        }

        @Test
        void a_truncated_model() throws IOException {
            ship(bundle);
            byte[] whole = Files.readAllBytes(bundle.resolve("model.onnx"));
            Files.write(bundle.resolve("model.onnx"), Arrays.copyOf(whole, whole.length / 2));
            assertOpening(bundled(MEAN, Optional.empty()), "model.onnx is not an ONNX model");
        }

        /** Else it would be ready, and fail at the first long document. */
        @Test
        void a_model_that_takes_fewer_tokens_than_its_bundle_says() throws IOException {
            ship(bundle);
            Files.write(bundle.resolve("model.onnx"), ShortEncoder.onnx());
            assertOpening(
                    bundled(MEAN, Optional.empty()),
                    "model.onnx does not take the 256 tokens that embedder.maxTokens allows");
        }

        @Test
        void a_missing_model_or_vocabulary() throws IOException {
            assertOpening(
                    bundled(MEAN, Optional.empty()), "embedder.model names 'model.onnx', which is not in the bundle");
            ship(bundle);
            assertOpening(
                    new EmbedderSpec.Bundled(
                            "model.onnx", Optional.of("vocab.txt"), Optional.empty(), MEAN, Optional.empty()),
                    "embedder.vocabulary names 'vocab.txt'");
            assertOpening(
                    new EmbedderSpec.Bundled("model.onnx", Optional.empty(), Optional.empty(), MEAN, Optional.empty()),
                    "neither embedder.vocabulary nor embedder.tokenizer");
        }

        @Test
        void a_path_out_of_the_bundle() {
            assertOpening(
                    new EmbedderSpec.Bundled(
                            "../model.onnx", Optional.empty(), Optional.of("t.json"), MEAN, Optional.empty()),
                    "embedder.model is '../model.onnx', which leaves the bundle");
        }

        @Test
        void another_dimension_than_promised() throws IOException {
            ship(bundle);
            assertOpening(
                    bundled(MEAN, Optional.of(768)),
                    "model.onnx makes vectors of 384 numbers, embedder.dimension says 768");
        }

        @Test
        void a_tokenizer_of_another_kind() throws IOException {
            ship(bundle);
            for (String json : List.of(
                    "{\"model\":{\"type\":\"BPE\",\"vocab\":{}}}",
                    "not json",
                    "{}",
                    "{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":5}},\"normalizer\":{\"type\":\"BertNormalizer\"}}",
                    "{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":0}},\"normalizer\":{\"type\":\"BertNormalizer\"}}",
                    "{\"model\":{\"type\":\"WordPiece\",\"vocab\":{}},\"normalizer\":{\"type\":\"Replace\"}}")) {
                Files.writeString(bundle.resolve("tokenizer.json"), json);
                assertOpening(bundled(MEAN, Optional.empty()), "tokenizer.json");
            }
        }

        @Test
        void a_vocabulary_file_without_its_special_pieces() throws IOException {
            ship(bundle);
            Files.writeString(bundle.resolve("vocab.txt"), "a\nb\n");
            assertOpening(
                    new EmbedderSpec.Bundled(
                            "model.onnx", Optional.of("vocab.txt"), Optional.empty(), MEAN, Optional.empty()),
                    "vocab.txt: no [UNK] in it");
        }

        @Test
        void an_unknown_builtin() {
            assertOpening(new EmbedderSpec.Builtin("gpt-9"), "embedder.builtin is 'gpt-9', must be one of");
        }

        @Test
        void impossible_token_limits() {
            assertThatThrownBy(() -> new EmbedderSpec.Encoding(EmbedderSpec.Pooling.MEAN, 4, true, "", ""))
                    .hasMessageContaining("embedder.maxTokens");
        }

        private void assertOpening(EmbedderSpec spec, String message) {
            assertThatThrownBy(() -> Embedders.open(spec, bundle, RESOURCES))
                    .isInstanceOf(EmbedderException.class)
                    .hasMessageContaining(message);
        }
    }

    @Nested
    class Inspection_before_native_code {
        /** Field 7 (graph) of a model: one node with the given fields. */
        private byte[] model(byte[] graph) {
            return join(new byte[] {0x08, 0x08, 0x3a, (byte) graph.length}, graph);
        }

        private byte[] join(byte[] a, byte[] b) {
            byte[] out = Arrays.copyOf(a, a.length + b.length);
            System.arraycopy(b, 0, out, a.length, b.length);
            return out;
        }

        @Test
        void a_custom_operator_is_refused() {
            // node { op_type (4): "Run", domain (7): "evil" }
            byte[] node = {0x22, 3, 'R', 'u', 'n', 0x3a, 4, 'e', 'v', 'i', 'l'};
            byte[] graph = join(new byte[] {0x0a, (byte) node.length}, node);
            assertThatThrownBy(() -> OnnxFile.inspect(ByteBuffer.wrap(model(graph)), "m.onnx"))
                    .hasMessageContaining("m.onnx uses the custom operator evil.Run");
        }

        @Test
        void weights_in_another_file_are_refused() {
            // node { op_type: "Add" }, initializer (5) { data_location (14): EXTERNAL }
            byte[] graph = {0x0a, 5, 0x22, 3, 'A', 'd', 'd', 0x2a, 2, 0x70, 1};
            assertThatThrownBy(() -> OnnxFile.inspect(ByteBuffer.wrap(model(graph)), "m.onnx"))
                    .hasMessageContaining("m.onnx keeps weights in another file");
        }

        @Test
        void an_ordinary_graph_passes() {
            byte[] graph = {0x0a, 5, 0x22, 3, 'A', 'd', 'd'};
            assertThat(OnnxFile.inspect(ByteBuffer.wrap(model(graph)), "m.onnx").dynamicallyQuantised())
                    .isFalse();
        }

        /** Valid ONNX as far as inspection sees, but no encoder: the runtime's refusal is passed on. */
        @Test
        void what_onnx_runtime_refuses_is_named_too() {
            byte[] graph = {0x0a, 5, 0x22, 3, 'A', 'd', 'd'};
            assertThatThrownBy(() -> new OnnxEmbedder(
                            ByteBuffer.wrap(model(graph)), "m.onnx", TestTokenizer.get(), MEAN, "f", 1))
                    .isInstanceOf(EmbedderException.class)
                    .hasMessageContaining("m.onnx");
        }

        @Test
        void noise_never_does_more_than_be_refused() {
            java.util.Random random = new java.util.Random(3);
            for (int round = 0; round < 2000; round++) {
                byte[] noise = new byte[random.nextInt(64)];
                random.nextBytes(noise);
                assertThatThrownBy(() -> OnnxFile.inspect(ByteBuffer.wrap(noise), "noise"))
                        .isInstanceOf(EmbedderException.class);
            }
        }
    }

    @Test
    void a_closed_embedder_says_so() {
        Embedder closed = builtin("all-MiniLM-L6-v2-q");
        closed.close();
        closed.close();
        assertThatThrownBy(() -> closed.embedQuery("a"))
                .isInstanceOf(EmbedderException.class)
                .hasMessageContaining("closed");
    }

    private static EmbedderSpec bundled(EmbedderSpec.Encoding encoding, Optional<Integer> dimension) {
        return new EmbedderSpec.Bundled(
                "model.onnx", Optional.empty(), Optional.of("tokenizer.json"), encoding, dimension);
    }

    private static void ship(Path bundle) throws IOException {
        copy("/all-minilm-l6-v2-q.onnx", bundle.resolve("model.onnx"));
        copy("/all-minilm-l6-v2-q-tokenizer.json", bundle.resolve("tokenizer.json"));
    }

    private static void copy(String resource, Path to) throws IOException {
        try (InputStream in = Objects.requireNonNull(OnnxEmbedderTest.class.getResourceAsStream(resource))) {
            Files.copy(in, to);
        }
    }
}
