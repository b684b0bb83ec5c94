import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.embed.EmbedderSpec;
import dev.ragops.runtime.embed.Embedders;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What embedding alone costs: the least a query can cost, whatever is around it. Prints, for one thread and for a thread each CPU, the CPU milliseconds a
 * question and the questions a second. Two threads that share a core cost each other time, so the second figure is the one beside a busy server's.
 *
 * <p>{@code java -cp ... EncodeCeiling.java QUESTIONS_FILE} (a question a line)
 */
public final class EncodeCeiling {
    private static final int WARM_UP = 500;

    private EncodeCeiling() {}

    public static void main(String[] args) throws Exception {
        List<String> questions = Files.readAllLines(Path.of(args[0]));
        List<String> measured = questions.subList(WARM_UP, questions.size());
        int cpus = Runtime.getRuntime().availableProcessors();
        try (Embedder embedder = Embedders.open(
                        new EmbedderSpec.Builtin("all-MiniLM-L6-v2-q"), Path.of("."), new Embedders.Resources(cpus, 0));
                ExecutorService threads = Executors.newFixedThreadPool(cpus)) {
            for (String question : questions.subList(0, WARM_UP)) {
                embedder.embedQuery(question);
            }
            measure(embedder, measured, threads, 1);
            measure(embedder, measured, threads, cpus);
        }
    }

    private static void measure(Embedder embedder, List<String> questions, ExecutorService threads, int count)
            throws Exception {
        ThreadMXBean cpu = ManagementFactory.getThreadMXBean();
        List<Callable<Long>> shares = new ArrayList<>();
        for (int share = 0; share < count; share++) {
            int first = share;
            shares.add(() -> {
                long begin = cpu.getCurrentThreadCpuTime();
                for (int i = first; i < questions.size(); i += count) {
                    embedder.embedQuery(questions.get(i));
                }
                return cpu.getCurrentThreadCpuTime() - begin;
            });
        }
        long begin = System.nanoTime();
        long nanos = 0;
        for (Future<Long> share : threads.invokeAll(shares)) {
            nanos += share.get();
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf("%d %.3f %.0f%n", count, nanos / 1e6 / questions.size(), questions.size() / seconds);
    }
}
