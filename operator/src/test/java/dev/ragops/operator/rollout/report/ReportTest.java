package dev.ragops.operator.rollout.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.ragops.api.v1alpha1.RagModel;
import dev.ragops.api.v1alpha1.RagRollout;
import dev.ragops.operator.rollout.machine.Happening;
import dev.ragops.operator.rollout.machine.HistoryEntry;
import dev.ragops.operator.rollout.machine.Outcome;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static RagModel model(String url, String secret) {
        return Serialization.unmarshal(
                """
                apiVersion: ragops.dev/v1alpha1
                kind: RagModel
                metadata: {name: support, namespace: default, uid: m}
                spec:
                  registry: {url: "%s"%s}
                  model: {name: support-rag, alias: production}
                """.formatted(url, secret.isEmpty() ? "" : ", credentialsSecret: {name: " + secret + "}"),
                RagModel.class);
    }

    private static HistoryEntry entry(long attempt, Outcome outcome, String reason, boolean reported) {
        return new HistoryEntry(attempt, "support-b", "2", outcome, reason, NOW, reported);
    }

    @Nested
    class An_outcome {
        private final List<Map<String, String>> written = new ArrayList<>();
        private final List<Duration> waits = new ArrayList<>();
        private Runnable tryAgain = () -> {};
        private Instant now = NOW;
        private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
        private boolean down;
        private int heard;
        private final OutcomeReporter reporter = new OutcomeReporter(
                (_, _, tags) -> {
                    if (down) {
                        throw new IllegalStateException("down");
                    }
                    written.add(tags);
                },
                Runnable::run,
                clock,
                (wait, again) -> {
                    waits.add(wait);
                    tryAgain = again;
                });

        private void report(HistoryEntry... history) {
            reporter.report("u", model("http://mlflow", ""), List.of(history), () -> {
                heard++;
                // The reconciler reports once more, whatever woke it.
                report(history);
            });
        }

        @Test
        void is_written_once_with_everything_a_reader_needs() {
            HistoryEntry entry = entry(3, Outcome.ROLLED_BACK, "ObjectiveBreached: slow", false);
            report(entry);
            report(entry);
            assertThat(written)
                    .singleElement()
                    .satisfies(tags -> assertThat(tags)
                            .containsEntry("ragops.default.support.outcome", "rolled-back")
                            .containsEntry("ragops.default.support.revision", "support-b")
                            .containsEntry("ragops.default.support.reason", "ObjectiveBreached: slow")
                            .containsEntry("ragops.default.support.at", "2026-01-01T00:00:00Z"));
            assertThat(heard).isEqualTo(1);
            assertThat(reporter.heard("u", List.of(entry))).containsExactly(3L);
            assertThat(reporter.heard("another", List.of(entry))).isEmpty();
        }

        @Test
        void names_what_it_was() {
            report(
                    entry(4, Outcome.SUCCEEDED, "Promoted: x", false),
                    entry(3, Outcome.ABORTED, "AbortRequested: x", false),
                    entry(2, Outcome.ROLLED_BACK, "InvalidBundle: x", false));
            assertThat(written)
                    .extracting(t -> t.get("ragops.default.support.outcome"))
                    .containsExactly("promoted", "rejected", "rejected");
        }

        @Test
        void that_found_nothing_out_is_not_written() {
            report(entry(1, Outcome.STOPPED, "x", false), entry(2, Outcome.SUPERSEDED, "x", false));
            report(entry(3, Outcome.SUCCEEDED, "x", true));
            assertThat(written).isEmpty();
        }

        @Test
        void that_the_registry_could_not_be_told_is_told_soon_and_less_often_the_longer_it_takes() {
            down = true;
            HistoryEntry entry = entry(3, Outcome.SUCCEEDED, "x", false);
            report(entry);
            report(entry);
            assertThat(waits).as("tried once until its time comes").containsExactly(Duration.ofSeconds(5));
            for (int i = 0; i < 8; i++) {
                tryAgain();
            }
            assertThat(waits)
                    .startsWith(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(20))
                    .endsWith(Duration.ofMinutes(5), Duration.ofMinutes(5));
            assertThat(reporter.heard("u", List.of(entry))).isEmpty();

            down = false;
            tryAgain();

            assertThat(written).hasSize(1);
            assertThat(reporter.heard("u", List.of(entry))).containsExactly(3L);
        }

        private void tryAgain() {
            now = now.plus(waits.getLast());
            tryAgain.run();
        }
    }

    @Nested
    class The_registry {
        private final List<String> seen = new ArrayList<>();
        private volatile int status = 200;

        private HttpServer server() throws IOException {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/api/2.0/mlflow/model-versions/set-tag", exchange -> {
                seen.add(exchange.getRequestHeaders().getFirst("Authorization") + " "
                        + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                exchange.sendResponseHeaders(status, -1);
                exchange.close();
            });
            server.start();
            return server;
        }

        @Test
        void gets_one_request_a_tag_with_its_credentials() throws IOException {
            HttpServer server = server();
            try {
                String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
                MlflowVersionTags tags = new MlflowVersionTags((_, name) ->
                        name.equals("token") ? Map.of("token", "t") : Map.of("username", "u", "password", "p"));
                tags.write(model(url, "token"), "2", Map.of("k", "v"));
                tags.write(model(url, "basic"), "2", Map.of("k", "x".repeat(5000)));
                assertThat(seen.get(0))
                        .startsWith("Bearer t")
                        .contains("\"name\":\"support-rag\"")
                        .contains("\"version\":\"2\"")
                        .contains("\"key\":\"k\"");
                assertThat(seen.get(1)).startsWith("Basic dTpw").hasSizeLessThan(4200);
                status = 404;
                assertThatThrownBy(() -> tags.write(model(url, ""), "9", Map.of("k", "v")))
                        .hasMessageContaining("HTTP 404");
            } finally {
                server.stop(0);
            }
        }

        @Test
        void that_is_not_there_is_named() {
            assertThatThrownBy(() -> new MlflowVersionTags((_, _) -> Map.of())
                            .write(model("http://127.0.0.1:1", ""), "2", Map.of("k", "v")))
                    .hasMessageContaining("http://127.0.0.1:1");
        }
    }

    @Test
    void an_event_names_the_rollout_and_is_not_too_long() {
        RagRollout rollout = Serialization.unmarshal("""
                apiVersion: ragops.dev/v1alpha1
                kind: RagRollout
                metadata: {name: support, namespace: default, uid: u}
                """, RagRollout.class);
        Event event = Events.event(rollout, new Happening(true, "RolledBack", "x".repeat(3000)), NOW);
        assertThat(event.getType()).isEqualTo("Warning");
        assertThat(event.getMessage()).hasSize(1000);
        assertThat(event.getInvolvedObject().getKind()).isEqualTo("RagRollout");
        assertThat(event.getInvolvedObject().getUid()).isEqualTo("u");
        assertThat(Events.event(rollout, new Happening(false, "Started", "x"), NOW)
                        .getType())
                .isEqualTo("Normal");
    }
}
