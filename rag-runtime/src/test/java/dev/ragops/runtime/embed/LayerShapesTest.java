package dev.ragops.runtime.embed;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayerShapesTest {
    private static final ByteBuffer TYPE = ByteBuffer.wrap(new byte[] {0x0a, 0});

    /** The reason to say shapes: every sum of every layer is fused. If a new ONNX Runtime needs them no longer, the class can go. */
    @ParameterizedTest
    @CsvSource({"all-minilm-l6-v2-q, 12", "all-minilm-l6-v2, 12", "bge-small-en-v1.5-q, 24", "bge-small-en-v1.5, 24"})
    void let_onnx_runtime_fuse_two_sums_a_layer(String stem, int sums, @TempDir Path dir) throws Exception {
        byte[] model = EmbedderFiles.resource(stem, stem + ".onnx");
        byte[] shapes = LayerShapes.of(OnnxFile.inspect(ByteBuffer.wrap(model), stem));
        assertThat(fused(model, dir.resolve("plain.onnx"))).isZero();
        assertThat(fused(join(model, shapes), dir.resolve("told.onnx"))).isEqualTo(sums);
    }

    private static long fused(byte[] model, Path optimised) throws OrtException, IOException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.EXTENDED_OPT);
            options.setOptimizedModelFilePath(optimised.toString());
            OrtEnvironment.getEnvironment().createSession(model, options).close();
        }
        return OnnxFile.inspect(ByteBuffer.wrap(Files.readAllBytes(optimised)), "optimised").nodes().stream()
                .filter(node -> node.operator().equals("SkipLayerNormalization"))
                .count();
    }

    @Test
    void are_of_the_sums_that_start_from_an_outcome_but_not_of_the_embeddings() {
        List<OnnxFile.Node> layers = List.of(
                node("Gather", List.of("words", "ids"), "word"),
                node("Slice", List.of("positions"), "position"),
                node("Add", List.of("word", "position"), "embedded"),
                node("LayerNormalization", List.of("embedded", "gamma", "beta"), "x0"),
                node("MatMul", List.of("x0", "weights"), "dense"),
                node("Add", List.of("dense", "x0"), "sum"),
                node("LayerNormalization", List.of("sum", "gamma", "beta"), "x1"));
        assertThat(said(new OnnxFile.Facts(layers, List.of(new OnnxFile.Value("x1", TYPE)))))
                .contains("dense", "x0", "sum")
                .doesNotContain("embedded", "position", "word");
    }

    @Test
    void see_a_normalisation_that_is_spelled_out() {
        List<OnnxFile.Node> layers = Stream.of(normalisation("in", "x0"), normalisation("sum", "x1"))
                .flatMap(List::stream)
                .toList();
        List<OnnxFile.Node> whole = Stream.concat(
                        Stream.of(
                                node("Add", List.of("a", "b"), "in"),
                                node("MatMul", List.of("x0", "weights"), "dense"),
                                node("Add", List.of("x0", "dense"), "sum")),
                        layers.stream())
                .toList();
        assertThat(said(new OnnxFile.Facts(whole, List.of(new OnnxFile.Value("x1", TYPE)))))
                .contains("dense", "x0", "sum")
                .doesNotContain("in-centred");
    }

    @Test
    void are_not_said_where_they_are_not_known() {
        List<OnnxFile.Node> layers = List.of(
                node("Add", List.of("a", "b"), "sum"),
                node("LayerNormalization", List.of("sum", "gamma", "beta"), "x"));
        assertThat(LayerShapes.of(new OnnxFile.Facts(layers, List.of(new OnnxFile.Value("other", TYPE)))))
                .isEmpty();
        assertThat(LayerShapes.of(new OnnxFile.Facts(layers, List.of(new OnnxFile.Value("x", ByteBuffer.allocate(0))))))
                .isEmpty();
        assertThat(LayerShapes.of(new OnnxFile.Facts(List.of(), List.of()))).isEmpty();
    }

    private static List<OnnxFile.Node> normalisation(String in, String out) {
        return List.of(
                node("ReduceMean", List.of(in), in + "-mean"),
                node("Sub", List.of(in, in + "-mean"), in + "-centred"),
                node("Pow", List.of(in + "-centred", "two"), in + "-squares"),
                node("Div", List.of(in + "-centred", in + "-deviation"), in + "-unit"),
                node("Mul", List.of(in + "-unit", "gamma"), in + "-scaled"),
                node("Add", List.of(in + "-scaled", "beta"), out));
    }

    private static OnnxFile.Node node(String operator, List<String> inputs, String output) {
        return new OnnxFile.Node(operator, inputs, List.of(output));
    }

    /** The message as text: names are in it as they are. */
    private static List<String> said(OnnxFile.Facts facts) {
        String message = new String(LayerShapes.of(facts), java.nio.charset.StandardCharsets.ISO_8859_1);
        return Arrays.asList(message.split("[^a-z0-9-]+"));
    }

    private static byte[] join(byte[] a, byte[] b) {
        byte[] out = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, out, a.length, b.length);
        return out;
    }
}
