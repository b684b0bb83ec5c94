package dev.ragops.runtime.index;

import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.embed.EmbedderSpec;
import dev.ragops.runtime.embed.Embedders;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Real vectors that any developer can make again: paragraphs of the JDK's own Javadoc, encoded by the built-in int8
 * MiniLM. Synthetic mixtures are no stand-in, graphs behave differently on them.
 *
 * <p>{@code JavadocVectors DIR} writes {@code rows.f32} and {@code questions.f32}: little-endian floats of unit vectors,
 * row after row. Takes minutes; a directory that has them is left as it is.
 */
public final class JavadocVectors {
    static final int ROWS = 94_000;
    static final int QUESTIONS = 1_000;
    static final int DIMENSION = 384;

    /** Shorter ones are hardly sentences, */
    private static final int MIN_CHARACTERS = 60;
    /** and what is longer is cut: about 70 tokens, so that encoding stays a matter of minutes. */
    private static final int MAX_CHARACTERS = 300;

    private static final Pattern COMMENT = Pattern.compile("/\\*\\*(.*?)\\*/", Pattern.DOTALL);
    private static final Pattern MARGIN = Pattern.compile("\\n[ \\t]*\\* ?");
    private static final Pattern PARAGRAPH = Pattern.compile("\\n\\s*@|</?p>|\\n\\s*\\n|<li>|<pre");
    private static final Pattern INLINE_TAG = Pattern.compile("\\{@\\w+\\s+([^}]*)}");
    private static final Pattern MARKUP = Pattern.compile("<[^>]*>");
    private static final Pattern BLANKS = Pattern.compile("\\s+");

    private JavadocVectors() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        if (Files.exists(folder.resolve("rows.f32")) && Files.exists(folder.resolve("questions.f32"))) {
            return;
        }
        Files.createDirectories(folder);
        List<String> texts = paragraphs(Path.of(System.getProperty("java.home"), "lib", "src.zip"));
        if (texts.size() < ROWS + QUESTIONS) {
            throw new IllegalStateException("only " + texts.size() + " paragraphs in src.zip, " + (ROWS + QUESTIONS)
                    + " wanted: use a whole JDK 25");
        }
        // A fixed shuffle: questions come from everywhere, and neighbours in a file are not neighbours in the graph.
        Collections.shuffle(texts, new Random(25));
        List<String> chosen = texts.subList(0, ROWS + QUESTIONS);
        float[][] vectors = encode(chosen);
        write(folder.resolve("questions.f32"), vectors, ROWS, ROWS + QUESTIONS);
        write(folder.resolve("rows.f32"), vectors, 0, ROWS);
    }

    private static List<String> paragraphs(Path zip) throws IOException {
        if (!Files.exists(zip)) {
            throw new IllegalStateException(zip + " is not there: it comes with the JDK, or with the distribution's"
                    + " openjdk-25-source package");
        }
        Set<String> seen = new HashSet<>();
        List<String> paragraphs = new ArrayList<>();
        try (ZipFile sources = new ZipFile(zip.toFile())) {
            List<ZipEntry> files = sources.stream()
                    .filter(entry -> entry.getName().endsWith(".java"))
                    .sorted(Comparator.comparing(ZipEntry::getName))
                    .map(ZipEntry.class::cast)
                    .toList();
            for (ZipEntry file : files) {
                String code = new String(sources.getInputStream(file).readAllBytes(), StandardCharsets.UTF_8);
                for (Matcher comment = COMMENT.matcher(code); comment.find(); ) {
                    String body = MARGIN.matcher(comment.group(1)).replaceAll("\n");
                    for (String part : PARAGRAPH.split(body)) {
                        String text = plain(part);
                        if (text.length() >= MIN_CHARACTERS && seen.add(text)) {
                            paragraphs.add(text);
                        }
                    }
                }
            }
        }
        return paragraphs;
    }

    private static String plain(String javadoc) {
        String text = INLINE_TAG.matcher(javadoc).replaceAll("$1");
        text = BLANKS.matcher(MARKUP.matcher(text).replaceAll(" ")).replaceAll(" ").strip();
        if (text.length() <= MAX_CHARACTERS) {
            return text;
        }
        int end = text.lastIndexOf(' ', MAX_CHARACTERS);
        return text.substring(0, end < MIN_CHARACTERS ? MAX_CHARACTERS : end);
    }

    private static float[][] encode(List<String> texts) {
        int threads = Runtime.getRuntime().availableProcessors();
        float[][] vectors = new float[texts.size()][];
        AtomicInteger done = new AtomicInteger();
        try (Embedder embedder = Embedders.open(
                new EmbedderSpec.Builtin("all-MiniLM-L6-v2-q"), Path.of("."), new Embedders.Resources(threads, 0))) {
            IntStream.range(0, texts.size()).parallel().forEach(i -> {
                vectors[i] = embedder.embedPassages(List.of(texts.get(i))).getFirst();
                int count = done.incrementAndGet();
                if (count % 5_000 == 0) {
                    System.err.printf("  %,d of %,d paragraphs encoded%n", count, texts.size());
                }
            });
        }
        return vectors;
    }

    private static void write(Path file, float[][] vectors, int from, int to) throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(partial))) {
            ByteBuffer buffer = ByteBuffer.allocate(DIMENSION * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = from; i < to; i++) {
                buffer.clear();
                buffer.asFloatBuffer().put(vectors[i]);
                out.write(buffer.array());
            }
        }
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The vectors of one such file. */
    static List<float[]> read(Path file) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            List<float[]> vectors = new ArrayList<>();
            while (bytes.hasRemaining()) {
                float[] vector = new float[DIMENSION];
                bytes.asFloatBuffer().get(vector);
                bytes.position(bytes.position() + DIMENSION * Float.BYTES);
                vectors.add(vector);
            }
            return vectors;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
