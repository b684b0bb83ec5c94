package dev.ragops.runtime.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Vectors are those of the reference: ONNX Runtime without any optimisation of the graph, and Hugging Face's tokenizers.
 * {@code src/test/reference/regenerate vectors} makes them.
 */
class GoldenVectorsTest {
    private static final JsonNode GOLDEN = golden();
    private static final List<String> TEXTS =
            GOLDEN.get("texts").valueStream().map(JsonNode::asText).toList();
    private static final Embedders.Resources RESOURCES = new Embedders.Resources(1, 0);
    /** What differs is the order in which the same numbers are added: above .99999999 where this was written. */
    private static final double LEAST_COSINE_FP32 = 0.9999;
    /** Integer kernels round by what the CPU can do and by how the graph is optimised: above .996 on AVX-512. */
    private static final double LEAST_COSINE_INT8 = 0.99;

    record Case(
            String name, String file, EmbedderSpec.Encoding encoding, List<float[]> queries, List<float[]> passages) {
        double leastCosine() {
            return file.endsWith("-q") ? LEAST_COSINE_INT8 : LEAST_COSINE_FP32;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> builtin() {
        return cases("builtin");
    }

    static Stream<Case> bundled() {
        return cases("bundled");
    }

    @Test
    void every_builtin_encoder_has_a_golden_case() {
        assertThat(builtin().map(Case::name)).containsExactlyInAnyOrderElementsOf(Embedders.builtinNames());
    }

    @ParameterizedTest
    @MethodSource
    void builtin(Case golden) {
        try (Embedder embedder = Embedders.open(new EmbedderSpec.Builtin(golden.name()), Path.of("."), RESOURCES)) {
            assertThat(embedder.maxTokens()).isEqualTo(golden.encoding().maxTokens());
            assertEqualVectors(embedder, golden);
        }
    }

    /** Pooling, token limit, prefixes and normalisation are what {@code rag.yaml} says, whoever trained the weights. */
    @ParameterizedTest
    @MethodSource
    void bundled(Case golden, @TempDir Path bundle) throws IOException {
        copy("/" + golden.file() + ".onnx", bundle.resolve("model.onnx"));
        copy("/" + golden.file() + "-tokenizer.json", bundle.resolve("tokenizer.json"));
        EmbedderSpec spec = new EmbedderSpec.Bundled(
                "model.onnx",
                Optional.empty(),
                Optional.of("tokenizer.json"),
                golden.encoding(),
                Optional.of(golden.queries().getFirst().length));
        try (Embedder embedder = Embedders.open(spec, bundle, RESOURCES)) {
            assertEqualVectors(embedder, golden);
        }
    }

    /** The passages go in together: neither padding nor companions may show. */
    private static void assertEqualVectors(Embedder embedder, Case golden) {
        List<float[]> passages = embedder.embedPassages(TEXTS);
        for (int i = 0; i < TEXTS.size(); i++) {
            assertClose(embedder.embedQuery(TEXTS.get(i)), golden.queries().get(i), golden, "query", i);
            assertClose(passages.get(i), golden.passages().get(i), golden, "passage", i);
        }
    }

    private static void assertClose(float[] actual, float[] expected, Case golden, String role, int text) {
        String what = "%s of %s, text %d".formatted(role, golden.name(), text);
        assertThat(actual).as(what).hasSameSizeAs(expected);
        double lengths = Math.sqrt(dot(actual, actual)) * Math.sqrt(dot(expected, expected));
        assertThat(dot(actual, expected) / lengths)
                .as("cosine of the " + what)
                .isBetween(golden.leastCosine(), 1 + 1e-6);
        assertThat(Math.sqrt(dot(actual, actual)))
                .as("length of the " + what)
                .isEqualTo(
                        Math.sqrt(dot(expected, expected)),
                        within(golden.encoding().normalize() ? 1e-5 : 1e-3));
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    private static Stream<Case> cases(String kind) {
        return GOLDEN.get(kind)
                .valueStream()
                .map(node -> new Case(
                        node.get("name").asText(),
                        node.get("file").asText(),
                        new EmbedderSpec.Encoding(
                                EmbedderSpec.Pooling.valueOf(node.get("pooling").asText()),
                                node.get("maxTokens").asInt(),
                                node.get("normalize").asBoolean(),
                                node.get("queryPrefix").asText(),
                                node.get("passagePrefix").asText()),
                        vectors(node.get("queries")),
                        vectors(node.get("passages"))));
    }

    private static List<float[]> vectors(JsonNode encoded) {
        List<float[]> vectors = new ArrayList<>();
        for (JsonNode node : encoded) {
            ByteBuffer bytes =
                    ByteBuffer.wrap(Base64.getDecoder().decode(node.asText())).order(ByteOrder.LITTLE_ENDIAN);
            float[] vector = new float[bytes.remaining() / Float.BYTES];
            bytes.asFloatBuffer().get(vector);
            vectors.add(vector);
        }
        return vectors;
    }

    private static JsonNode golden() {
        try (InputStream in = resource("vectors-golden.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(String resource, Path to) throws IOException {
        try (InputStream in = resource(resource)) {
            Files.copy(in, to);
        }
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(GoldenVectorsTest.class.getResourceAsStream(name), name);
    }
}
