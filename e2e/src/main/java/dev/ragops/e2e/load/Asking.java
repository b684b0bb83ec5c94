package dev.ragops.e2e.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Asks one question after the other as ever other users, and hands every end to the tally. */
final class Asking {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LoadPlan plan;
    private final List<String> bodies;
    private final HttpClient client;
    private final Tally tally;
    private final AtomicLong next = new AtomicLong();
    /** One party for each request under way, and one for the caller. */
    private final Phaser underWay = new Phaser(1);

    Asking(LoadPlan plan, List<String> questions, HttpClient client, Tally tally) {
        this.plan = plan;
        this.bodies =
                questions.stream().map(question -> body(question, plan.topK())).toList();
        this.client = client;
        this.tally = tally;
    }

    void ask(long dueNanos) {
        long number = next.getAndIncrement();
        // A stride that shares no factor with the number of questions keeps user and question from marching in step.
        String user = "user-" + (number * 7919 % plan.users());
        HttpRequest request = HttpRequest.newBuilder(plan.url())
                .timeout(plan.timeout())
                .header("content-type", "application/json")
                .header("x-user", user)
                .POST(HttpRequest.BodyPublishers.ofString(bodies.get((int) (number % bodies.size()))))
                .build();
        underWay.register();
        tally.sent();
        var _ = client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).handle((response, error) -> {
            long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - dueNanos);
            tally.add(outcome(micros, response, error));
            underWay.arriveAndDeregister();
            return null;
        });
    }

    void awaitAll() {
        underWay.arriveAndAwaitAdvance();
    }

    private static Outcome outcome(long micros, @Nullable HttpResponse<String> response, @Nullable Throwable error) {
        if (response == null) {
            Throwable cause =
                    error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
            return new Outcome.Failed(micros, String.valueOf(cause));
        }
        if (response.statusCode() != 200) {
            String body = response.body();
            return new Outcome.Failed(
                    micros, response.statusCode() + " " + body.substring(0, Math.min(300, body.length())));
        }
        return new Outcome.Answered(
                micros,
                response.headers().firstValue("x-ragops-version").orElse(""),
                response.headers().firstValue("x-ragops-track").orElse(""),
                response.headers().firstValue("x-ragops-fallback").isPresent());
    }

    private static String body(String question, int topK) {
        try {
            return JSON.writeValueAsString(Map.of("query", question, "topK", topK));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a question is always JSON", e);
        }
    }
}
