package dev.ragops.runtime.answer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ragops.runtime.config.AnswerConfig;
import dev.ragops.runtime.trace.Trace;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks an OpenAI-compatible endpoint (vLLM, Ollama, Hugging Face Inference …) once, and hands on its words as they come. Thread-safe. */
final class OpenAiGenerator {
    private static final Duration CONNECT = Duration.ofSeconds(2);

    /** Between two chunks; before the first one a model may have to be loaded, which has the whole time. */
    private static final int SILENCE_SHARE = 4;

    private static final Logger LOG = LoggerFactory.getLogger(OpenAiGenerator.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final AnswerConfig.Generator endpoint;
    private final int maxTokens;
    private final Duration connect;
    private final HttpClient http;
    private final AtomicBoolean saidUnusable = new AtomicBoolean();

    OpenAiGenerator(AnswerConfig.Generator endpoint, int maxTokens) {
        this.endpoint = endpoint;
        this.maxTokens = maxTokens;
        this.connect = endpoint.timeout().compareTo(CONNECT) < 0 ? endpoint.timeout() : CONNECT;
        this.http = HttpClient.newBuilder()
                .connectTimeout(connect)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    /**
     * @param trace of this call
     * @param limit for all of it
     * @param pieces gets the words; an exception it throws ends the call
     * @return whether the answer came to its end, and not to the limit of its length
     * @throws CancellationException when the thread is interrupted
     */
    boolean ask(Prompt prompt, Trace trace, Duration limit, Consumer<String> pieces) throws GeneratorException {
        long end = System.nanoTime() + limit.toNanos();
        HttpResponse<InputStream> response = send(request(prompt, trace, limit), limit);
        try (Watched body = new Watched(response.body(), end, limit.dividedBy(SILENCE_SHARE))) {
            try {
                if (response.statusCode() != 200) {
                    throw refusal(response);
                }
                ChatReply reply = new ChatReply(body, pieces);
                return isStream(response) ? reply.readEvents() : reply.readDocument();
            } catch (IOException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new CancellationException("the caller went away");
                }
                throw body.isOver()
                        ? new GeneratorException(Outcome.TIMEOUT, "nothing more came in time")
                        : new GeneratorException(Outcome.CUT, "the connection broke");
            }
        }
    }

    private static boolean isStream(HttpResponse<?> response) {
        return response.headers().firstValue("content-type").orElse("").startsWith("text/event-stream");
    }

    private HttpResponse<InputStream> send(HttpRequest request, Duration limit) throws GeneratorException {
        AtomicReference<HttpResponse.@Nullable BodySubscriber<InputStream>> coming = new AtomicReference<>();
        try {
            return http.send(request, _ -> {
                HttpResponse.BodySubscriber<InputStream> body = HttpResponse.BodySubscribers.ofInputStream();
                coming.set(body);
                return body;
            });
        } catch (HttpConnectTimeoutException e) {
            throw limit.compareTo(connect) < 0
                    ? new GeneratorException(Outcome.TIMEOUT, "no connection in the time that the caller had left")
                    : new GeneratorException(Outcome.UNREACHABLE, "no connection to the generator");
        } catch (ConnectException e) {
            throw new GeneratorException(Outcome.UNREACHABLE, "no connection to the generator");
        } catch (HttpTimeoutException e) {
            throw new GeneratorException(Outcome.TIMEOUT, "no answer in time");
        } catch (IOException e) {
            throw new GeneratorException(Outcome.UNREACHABLE, "the connection broke before an answer");
        } catch (InterruptedException e) {
            hangUp(coming.get());
            Thread.currentThread().interrupt();
            throw new CancellationException("the caller went away");
        }
    }

    /** The head of the answer may have come in the very moment: its body is nobody's then, and would keep the connection. */
    private static void hangUp(HttpResponse.@Nullable BodySubscriber<InputStream> coming) {
        if (coming != null) {
            coming.getBody().thenAccept(body -> {
                try {
                    body.close();
                } catch (IOException e) {
                    // Nothing is read from it.
                }
            });
        }
    }

    private static GeneratorException refusal(HttpResponse<?> response) {
        int status = response.statusCode();
        Outcome outcome = switch (status) {
            case 429, 503 -> Outcome.BUSY;
            case 400, 413, 422 -> Outcome.UNFIT;
            default -> status >= 500 ? Outcome.FAILED : Outcome.REFUSED;
        };
        Optional<Duration> retryAfter = response.headers()
                .firstValue("retry-after")
                .filter(value -> value.matches("\\d{1,6}"))
                .map(value -> Duration.ofSeconds(Long.parseLong(value)));
        return new GeneratorException(outcome, "the generator answered " + status, retryAfter);
    }

    private HttpRequest request(Prompt prompt, Trace trace, Duration limit) throws GeneratorException {
        ObjectNode body = JSON.createObjectNode()
                .put("model", endpoint.model())
                .put("temperature", 0)
                .put("max_tokens", maxTokens)
                .put("stream", true);
        body.putArray("messages")
                .add(JSON.createObjectNode().put("role", "system").put("content", prompt.system()))
                .add(JSON.createObjectNode().put("role", "user").put("content", prompt.user()));
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint.url() + "/chat/completions"))
                .timeout(limit)
                .header("content-type", "application/json")
                .header("accept", "text/event-stream, application/json")
                .header("traceparent", trace.traceparent())
                .header("x-request-id", trace.requestId())
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
        trace.tracestate().ifPresent(state -> request.header("tracestate", state));
        if (endpoint.apiKeyFile().isPresent()) {
            authorize(request, endpoint.apiKeyFile().get());
        }
        return request.build();
    }

    private void authorize(HttpRequest.Builder request, String file) throws GeneratorException {
        try {
            request.header(
                    "authorization", "Bearer " + Files.readString(Path.of(file)).strip());
            saidUnusable.set(false);
        } catch (IOException e) {
            throw unusable("the API key of the generator cannot be read from " + file);
        } catch (IllegalArgumentException e) {
            // Its message holds the key.
            throw unusable("the API key of the generator in " + file
                    + " is no header's value: it must be one line of visible ASCII, without a byte order mark");
        }
    }

    private GeneratorException unusable(String why) {
        if (!saidUnusable.getAndSet(true)) {
            LOG.warn("{}; answers are extractive until it can be used", why);
        }
        return new GeneratorException(Outcome.REFUSED, why);
    }

    /** A body that is closed under its reader's hands when it stays silent too long: a blocking read knows no time limit. */
    private static final class Watched extends FilterInputStream {
        private static final int LOOKS = 8;

        private final long end;
        private final Duration silence;
        private final Thread watch;
        private volatile long until;
        private volatile boolean over;

        Watched(InputStream body, long end, Duration silence) {
            super(new BufferedInputStream(body));
            this.end = end;
            this.silence = silence;
            this.until = end;
            this.watch = Thread.ofVirtual().name("generator-watch").start(() -> watch(body));
        }

        private void watch(InputStream body) {
            try {
                for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
                    // The limit moves nearer with the first chunk: look again before the whole time is over.
                    Thread.sleep(Duration.ofNanos(Math.min(left, silence.toNanos() / LOOKS)));
                }
                over = true;
                body.close();
            } catch (InterruptedException | IOException e) {
                // Read to its end, or closed already.
            }
        }

        private void heard() {
            long now = System.nanoTime();
            until = now + Math.min(end - now, silence.toNanos());
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            heard();
            return b;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count = super.read(buffer, offset, length);
            heard();
            return count;
        }

        boolean isOver() {
            return over;
        }

        @Override
        public void close() {
            watch.interrupt();
            try {
                super.close();
            } catch (IOException e) {
                // Nothing is read from it any more.
            }
        }
    }
}
