import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.embed.EmbedderSpec;
import dev.ragops.runtime.embed.Embedders;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What embedding alone costs: the least a query can cost, whatever is around it. Prints CPU milliseconds a question, of one
 * thread that does nothing else, so that other work on the machine moves it little.
 *
 * <p>{@code java -cp ... EncodeCeiling.java QUESTIONS_FILE} (a question a line)
 */
public final class EncodeCeiling {
    private static final int WARM_UP = 500;

    private EncodeCeiling() {}

    public static void main(String[] args) throws Exception {
        List<String> questions = Files.readAllLines(Path.of(args[0]));
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        try (Embedder embedder = Embedders.open(
                new EmbedderSpec.Builtin("all-MiniLM-L6-v2-q"), Path.of("."), new Embedders.Resources(1, 0))) {
            for (String question : questions.subList(0, WARM_UP)) {
                embedder.embedQuery(question);
            }
            List<String> measured = questions.subList(WARM_UP, questions.size());
            long begin = threads.getCurrentThreadCpuTime();
            for (String question : measured) {
                embedder.embedQuery(question);
            }
            System.out.printf("%.3f%n", (threads.getCurrentThreadCpuTime() - begin) / 1e6 / measured.size());
        }
    }
}
