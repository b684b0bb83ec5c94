package dev.ragops.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ragops.runtime.embed.CacheStats;
import dev.ragops.runtime.embed.Embedder;
import dev.ragops.runtime.embed.Tokenizer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** More questions than can be answered in time: the rest hears so at once and costs nothing, those let in are answered. */
class OverloadTest extends ServerFixture {
    /** Fixture: two threads. Long questions take tens of milliseconds each, so half a second is some tens of them. */
    private static final int CROWD = 150;

    private final AtomicInteger encoded = new AtomicInteger();
    private volatile CountDownLatch gate = new CountDownLatch(0);

    @Override
    Embedder questionEmbedder(Embedder real) {
        return new Gated(real);
    }

    @Test
    void those_who_would_wait_too_long_are_sent_away_at_once_and_cost_nothing() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(post("/query", question("before " + i)).statusCode()).isEqualTo(200);
        }
        int before = encoded.get();
        gate = new CountDownLatch(1);
        List<CompletableFuture<HttpResponse<String>>> crowd = IntStream.range(0, CROWD)
                .mapToObj(i -> ask("in the crowd " + i))
                .toList();

        // Nobody has been answered, and all who will not be know it already.
        await().atMost(Duration.ofSeconds(30))
                .until(() -> crowd.stream().filter(CompletableFuture::isDone).count()
                                + metric("ragops_runtime_waiting{pool=\"query\",}")
                                + 2
                        == CROWD);
        List<HttpResponse<String>> shed = crowd.stream()
                .filter(CompletableFuture::isDone)
                .map(CompletableFuture::join)
                .toList();
        assertThat(shed).isNotEmpty().allSatisfy(response -> {
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("retry-after")).contains("1");
            JsonNode problem = JSON.readTree(response.body());
            assertThat(problem.path("title").asText()).isEqualTo("Overloaded");
            assertThat(problem.path("detail").asText())
                    .contains("would wait some")
                    .contains("try again");
        });
        assertThat(metric("ragops_runtime_shed_total")).isEqualTo(shed.size());

        gate.countDown();
        List<HttpResponse<String>> all =
                crowd.stream().map(CompletableFuture::join).toList();
        assertThat(all.stream().filter(response -> response.statusCode() == 200))
                .hasSize(CROWD - shed.size());
        // Only those let in were worked on.
        assertThat(encoded.get() - before).isEqualTo(CROWD - shed.size());
        assertThat(post("/query", question("after")).statusCode()).isEqualTo(200);
    }

    private CompletableFuture<HttpResponse<String>> ask(String what) {
        return http.sendAsync(
                HttpRequest.newBuilder(URI.create(url + "/query"))
                        .header("content-type", TYPE)
                        .POST(BodyPublishers.ofString(question(what)))
                        .build(),
                BodyHandlers.ofString());
    }

    private static String question(String what) {
        return "{\"query\":\"" + what + " what is a rollback of a release?".repeat(150) + "\"}";
    }

    /** Counts questions and lets them through only while the gate is open. */
    private final class Gated implements Embedder {
        private final Embedder real;

        Gated(Embedder real) {
            this.real = real;
        }

        @Override
        public float[] embedQuery(String text) {
            encoded.incrementAndGet();
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return real.embedQuery(text);
        }

        @Override
        public List<float[]> embedPassages(List<String> texts) {
            return real.embedPassages(texts);
        }

        @Override
        public String fingerprint() {
            return real.fingerprint();
        }

        @Override
        public int dimension() {
            return real.dimension();
        }

        @Override
        public int concurrency() {
            return real.concurrency();
        }

        @Override
        public Tokenizer tokenizer() {
            return real.tokenizer();
        }

        @Override
        public int maxTokens() {
            return real.maxTokens();
        }

        @Override
        public int passageTokens() {
            return real.passageTokens();
        }

        @Override
        public CacheStats queryCache() {
            return real.queryCache();
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
