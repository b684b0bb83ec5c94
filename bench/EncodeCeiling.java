import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.embed.EmbedderSpec;
import dev.ragops.runtime.embed.Embedders;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What embedding alone costs: the least a query can cost, whatever is around it. Every CPU embeds, since two threads that share a core cost each other time
 * and a busy server's do. Prints the CPU milliseconds a question and the questions a second of ONNX Runtime with the model as it comes ({@code session})
 * and of our embedder ({@code embedder}: tokens, shapes that let the graph be fused, pooling).
 *
 * <p>{@code java -cp ... EncodeCeiling.java QUESTIONS_FILE} (a question a line)
 */
public final class EncodeCeiling {
    private static final int WARM_UP = 1000;
    private static final String MODEL = "all-MiniLM-L6-v2-q";

    private EncodeCeiling() {}

    private interface Encoding {
        void encode(String question) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        List<String> questions = Files.readAllLines(Path.of(args[0]));
        int cpus = Runtime.getRuntime().availableProcessors();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (Embedder embedder = Embedders.open(
                        new EmbedderSpec.Builtin(MODEL), Path.of("."), new Embedders.Resources(cpus, 0));
                OrtSession session = session(environment)) {
            Encoding plain = question -> run(environment, session, embedder, question);
            measure("", questions.subList(0, WARM_UP), cpus, plain);
            measure("", questions.subList(0, WARM_UP), cpus, embedder::embedQuery);
            measure("session", questions, cpus, plain);
            measure("embedder", questions, cpus, embedder::embedQuery);
        }
    }

    private static OrtSession session(OrtEnvironment environment) throws Exception {
        try (InputStream model = Embedder.class.getResourceAsStream("/" + MODEL.toLowerCase(Locale.ROOT) + ".onnx");
                OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            return environment.createSession(model.readAllBytes(), options);
        }
    }

    private static void run(OrtEnvironment environment, OrtSession session, Embedder embedder, String question)
            throws OrtException {
        long[] ids = embedder.tokenizer().encode(question, embedder.maxTokens());
        long[] ones = new long[ids.length];
        Arrays.fill(ones, 1);
        try (OnnxTensor tokens = OnnxTensor.createTensor(environment, new long[][] {ids});
                OnnxTensor mask = OnnxTensor.createTensor(environment, new long[][] {ones});
                OnnxTensor types = OnnxTensor.createTensor(environment, new long[][] {new long[ids.length]})) {
            session.run(Map.of("input_ids", tokens, "attention_mask", mask, "token_type_ids", types))
                    .close();
        }
    }

    private static void measure(String name, List<String> questions, int threads, Encoding encoding) throws Exception {
        ThreadMXBean cpu = ManagementFactory.getThreadMXBean();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Callable<Long>> shares = new ArrayList<>();
            for (int share = 0; share < threads; share++) {
                int first = share;
                shares.add(() -> {
                    long begin = cpu.getCurrentThreadCpuTime();
                    for (int i = first; i < questions.size(); i += threads) {
                        encoding.encode(questions.get(i));
                    }
                    return cpu.getCurrentThreadCpuTime() - begin;
                });
            }
            long begin = System.nanoTime();
            long nanos = 0;
            for (Future<Long> share : pool.invokeAll(shares)) {
                nanos += share.get();
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            if (!name.isEmpty()) {
                System.out.printf("%s %.3f %.0f%n", name, nanos / 1e6 / questions.size(), questions.size() / seconds);
            }
        }
    }
}
