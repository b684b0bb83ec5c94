package dev.ragops.runtime.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Asks a server that was just started what a user would ask, over its own port, to say whether it serves. An image build
 * lets it run to record what a start needs.
 */
final class SelfCheck {
    private static final Duration READY_WITHIN = Duration.ofMinutes(2);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
    private static final long LOOK_AGAIN_MILLIS = 10;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI server;
    private final Optional<Path> token;

    SelfCheck(int port, Optional<Path> token) {
        this.server = URI.create("http://127.0.0.1:" + port);
        this.token = token;
    }

    /**
     * @param questions what to ask, at least one
     * @return one line for a person: what serves and how fast it answered
     * @throws FailedException naming what did not serve
     */
    String run(List<String> questions) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            JsonNode health = ready(http);
            long begin = System.nanoTime();
            for (String question : questions) {
                ask(http, question);
            }
            long each = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begin) / questions.size();
            return "serves: %d passages, %d questions answered, %.1f ms each"
                    .formatted(health.path("view").path("passages").asLong(), questions.size(), each / 1000.0);
        }
    }

    private JsonNode ready(HttpClient http) throws IOException, InterruptedException {
        long end = System.nanoTime() + READY_WITHIN.toNanos();
        while (true) {
            JsonNode health = JSON.readTree(http.send(request("/health").build(), BodyHandlers.ofString())
                    .body());
            if (health.path("status").asText().equals("ready")) {
                return health;
            }
            if (health.path("detail").asText().startsWith("failed") || System.nanoTime() > end) {
                throw new FailedException("not ready: " + health);
            }
            Thread.sleep(LOOK_AGAIN_MILLIS);
        }
    }

    private void ask(HttpClient http, String question) throws IOException, InterruptedException {
        HttpRequest.Builder request = request("/query")
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        JSON.createObjectNode().put("query", question).toString()));
        if (token.isPresent()) {
            request.header(
                    "authorization", "Bearer " + Files.readString(token.get()).strip());
        }
        var answer = http.send(request.build(), BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new FailedException("POST /query answered " + answer.statusCode() + ": " + answer.body());
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.resolve(path)).timeout(ANSWER_WITHIN);
    }

    /** What was started does not serve. */
    static final class FailedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        FailedException(String message) {
            super(message);
        }
    }
}
