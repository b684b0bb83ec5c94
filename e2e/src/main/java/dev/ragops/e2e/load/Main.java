package dev.ragops.e2e.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Starts the load generator: one JSON line a second on stdout, and a last one when every request has ended. */
public final class Main {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Main() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        // Connections idle for longer are not used again: a server that closes idle ones must never race with a
        // question.
        System.setProperty("jdk.httpclient.keepalive.timeout", "4");
        LoadPlan plan;
        List<String> questions;
        try {
            plan = LoadPlan.parse(List.of(args));
            questions = Files.readAllLines(plan.questions()).stream()
                    .filter(line -> !line.isBlank())
                    .toList();
            if (questions.isEmpty()) {
                throw new IllegalArgumentException(plan.questions() + " has no question");
            }
        } catch (IllegalArgumentException e) {
            System.err.println("load: " + e.getMessage());
            System.exit(2);
            return;
        }
        OpenLoop loop = new OpenLoop(plan.ratePerSecond());
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            loop.stop();
            try {
                main.join(plan.timeout().toMillis() + 1000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        run(plan, questions, loop, System.out);
    }

    /** Runs the plan to its end; returns when no request is under way any more. */
    static LoadReport run(LoadPlan plan, List<String> questions, OpenLoop loop, PrintStream out)
            throws InterruptedException {
        Tally tally = new Tally();
        long begin = System.nanoTime();
        try (HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(plan.timeout())
                        .build();
                ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
            var asking = new Asking(plan, questions, client, tally);
            clock.scheduleAtFixedRate(() -> print(tally.report(since(begin), false), out), 1, 1, TimeUnit.SECONDS);
            loop.run(plan.duration().toNanos(), asking::ask);
            asking.awaitAll();
            clock.shutdown();
        }
        LoadReport last = tally.report(since(begin), true);
        print(last, out);
        return last;
    }

    private static long since(long beginNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beginNanos);
    }

    private static void print(LoadReport report, PrintStream out) {
        try {
            out.println(JSON.writeValueAsString(report));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report is always JSON", e);
        }
    }
}
