package dev.ragops.runtime.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ids are those of Hugging Face's tokenizers, whichever built-in vocabulary and whichever of the two files it is read from.
 * {@code src/test/reference/regenerate ids} makes them; most are kept as one CRC-32 a text.
 */
class GoldenIdsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    record Named(String name, WordPieceTokenizer tokenizer) {}

    private static final List<Named> TOKENIZERS = tokenizers();

    private static List<Named> tokenizers() {
        return Stream.of("all-minilm-l6-v2-q-tokenizer.json", "bge-small-en-v1.5-q-tokenizer.json")
                .flatMap(file -> {
                    byte[] json = resource("/" + file);
                    byte[] lines = vocabularyText(json);
                    return Stream.of(
                            new Named(file, Vocabularies.fromJson(json, file)),
                            new Named("vocab.txt of " + file, Vocabularies.fromText(lines, file)));
                })
                .toList();
    }

    @Test
    void on_words_marks_ideographs_emoji_controls_special_tokens_and_noise() throws IOException {
        for (String line : lines("wordpiece-golden.jsonl")) {
            JsonNode node = JSON.readTree(line);
            long[] expected = JSON.convertValue(node.get("ids"), long[].class);
            for (Named named : TOKENIZERS) {
                assertThat(named.tokenizer().encode(node.get("text").asText(), Integer.MAX_VALUE))
                        .as("%s on %s", named.name(), line)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void on_every_code_point() {
        assertEqualIds("code-points", codePoints());
    }

    @Test
    void on_generated_texts_of_every_script() {
        assertEqualIds("generated", generated());
    }

    @Test
    void on_every_text_of_the_sample_corpus() {
        Path corpus = ROOT.resolve("samples/corpus");
        assertEqualIds("samples", collection(corpus.resolve("documents.jsonl"), corpus.resolve("golden.jsonl")));
    }

    /** Collections that may not be copied here: their check sums are, and whoever has them sees them compared. */
    @ParameterizedTest
    @ValueSource(strings = {"cranfield", "dbpedia-5k"})
    void on_every_text_of_a_collection_that_is_there(String name) {
        String named = System.getenv("RAGOPS_BENCH_DATA");
        Path folder = (named == null ? ROOT.resolveSibling("shared/data") : Path.of(named)).resolve(name);
        assumeThat(folder.resolve("corpus.jsonl"))
                .as("NOT COMPARED: %s is not there; RAGOPS_BENCH_DATA names the folder of BEIR collections", folder)
                .exists();
        assertEqualIds(name, collection(folder.resolve("corpus.jsonl"), folder.resolve("queries.jsonl")));
    }

    private static void assertEqualIds(String golden, List<String> texts) {
        for (Named named : TOKENIZERS) {
            assertEqualIds(golden, texts, named);
        }
    }

    static void assertEqualIds(String golden, List<String> texts, Named named) {
        List<String> expected = lines("ids-" + golden + ".txt");
        assertThat(texts)
                .as("texts that ids-%s.txt was made of; others: src/test/reference/regenerate ids", golden)
                .hasSameSizeAs(expected);
        List<Integer> differing = IntStream.range(0, texts.size())
                .filter(i -> !checkSum(named.tokenizer().encode(texts.get(i), Integer.MAX_VALUE))
                        .equals(expected.get(i)))
                .boxed()
                .toList();
        assertThat(differing)
                .as(
                        "numbers of the texts whose ids by %s are not those of ids-%s.txt, the first being '%s'",
                        named.name(), golden, differing.isEmpty() ? "" : texts.get(differing.getFirst()))
                .isEmpty();
    }

    private static String checkSum(long[] ids) {
        ByteBuffer bytes = ByteBuffer.allocate(ids.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long id : ids) {
            bytes.putInt((int) id);
        }
        CRC32 sum = new CRC32();
        sum.update(bytes.flip());
        return "%08x".formatted(sum.getValue());
    }

    private static List<String> collection(Path... files) {
        List<String> texts = new ArrayList<>();
        for (Path file : files) {
            try {
                for (String line : Files.readAllLines(file)) {
                    JsonNode document = JSON.readTree(line);
                    Stream.of("title", "text", "query")
                            .filter(document::has)
                            .forEach(field -> texts.add(document.get(field).asText()));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return texts;
    }

    /** Each between letters and by itself, 1,024 to a text. */
    static List<String> codePoints() {
        return IntStream.iterate(0, block -> block <= Character.MAX_CODE_POINT, block -> block + 1024)
                .mapToObj(block -> {
                    StringBuilder text = new StringBuilder();
                    for (int c = block; c < block + 1024; c++) {
                        if (!isSurrogate(c)) {
                            text.append('a')
                                    .appendCodePoint(c)
                                    .append("b ")
                                    .appendCodePoint(c)
                                    .append(' ');
                        }
                    }
                    return text.toString();
                })
                .toList();
    }

    private static final int[][] ALPHABETS = {
        {0x00, 0x7f},
        {0x20, 0x7e},
        {0x80, 0x52f},
        {0x300, 0x36f},
        {0x590, 0x97f},
        {0x1100, 0x11ff},
        {0xac00, 0xd7a3},
        {0x1e00, 0x206f},
        {0x2070, 0x2bff},
        {0x3000, 0x9fff},
        {0xf900, 0xffff},
        {0x1f1e6, 0x1f9ff},
        {0x1d100, 0x1d1ff},
        {0x00, 0x10ffff}
    };

    /** What {@code ids.py} generates, draw by draw. */
    static List<String> generated() {
        long[] state = {1};
        IntUnaryOperator below = bound -> {
            state[0] = state[0] * 6364136223846793005L + 1442695040888963407L;
            return (int) ((state[0] >>> 33) % bound);
        };
        List<String> texts = new ArrayList<>();
        while (texts.size() < 2000) {
            StringBuilder text = new StringBuilder();
            int[][] alphabets = new int[3][];
            for (int i = 0; i < 3; i++) {
                alphabets[i] = ALPHABETS[below.applyAsInt(ALPHABETS.length)];
            }
            for (int left = below.applyAsInt(40); left > 0; left--) {
                int[] range = alphabets[below.applyAsInt(3)];
                int codePoint = range[0] + below.applyAsInt(range[1] - range[0] + 1);
                switch (below.applyAsInt(8)) {
                    case 0 -> text.append(' ');
                    case 1 ->
                        text.append(List.of("[SEP]", "##", "e\u0301", "\u200d").get(below.applyAsInt(4)));
                    default -> {}
                }
                if (!isSurrogate(codePoint)) {
                    text.appendCodePoint(codePoint);
                }
            }
            texts.add(text.toString());
        }
        return texts;
    }

    private static boolean isSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    private static byte[] vocabularyText(byte[] json) {
        try {
            JsonNode vocabulary = JSON.readTree(json).at("/model/vocab");
            String[] pieces = new String[vocabulary.size()];
            vocabulary.properties().forEach(piece -> pieces[piece.getValue().asInt()] = piece.getKey());
            return (String.join("\n", pieces) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(String name) {
        return new String(resource(name), StandardCharsets.UTF_8).lines().toList();
    }

    static byte[] resource(String name) {
        try (InputStream in = Objects.requireNonNull(GoldenIdsTest.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
