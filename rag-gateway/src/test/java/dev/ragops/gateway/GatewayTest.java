package dev.ragops.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ragops.gateway.route.Documents;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatewayTest {
    private static final Duration SOON = Duration.ofSeconds(15);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private Stage stage;

    @SuppressWarnings("NullAway.Init")
    private FakeRuntime stable;

    @SuppressWarnings("NullAway.Init")
    private FakeRuntime candidate;

    @BeforeEach
    void begin() throws Exception {
        stage = new Stage(folder);
        stable = stage.runtime(FakeRuntime.answer(200, "a", "b"));
        candidate = stage.runtime(FakeRuntime.answer(200, "a", "c"));
        stage.endpoints(Map.of(Stage.STABLE, List.of(stable.address()), Stage.CANDIDATE, List.of(candidate.address())));
    }

    @AfterEach
    void end() throws Exception {
        stage.close();
    }

    private void start(String kind, int percent) throws Exception {
        start(Documents.document(7, kind, percent));
    }

    private void start(JsonObject document) throws Exception {
        stage.route(document);
        stage.startAndAwaitReady();
    }

    @Nested
    class ASplit {
        @Test
        void keepsAUserOnOneTrackAndSaysWhich() throws Exception {
            start("split", 50);
            for (int user = 0; user < 20; user++) {
                String first = track(stage.ask("x-user", "user-" + user));
                assertThat(track(stage.ask("x-user", "user-" + user))).isEqualTo(first);
            }
            assertThat(stable.seen()).isNotEmpty();
            assertThat(candidate.seen()).isNotEmpty();
            assertThat(stage.ask().headers().firstValue("x-ragops-unsticky")).contains("1");
            assertThat(stage.evidence(7).getLong("unsticky")).isEqualTo(1);
        }

        @Test
        void countsEveryRequestOnceWhateverBecomesOfIt() throws Exception {
            start("split", 50);
            Random random = new Random(42);
            int requests = 120;
            for (int i = 0; i < requests; i++) {
                candidate.does(FakeRuntime.answer(List.of(200, 200, 200, 200, 200, 200, 404, 429, 200, 200, 200, 500)
                        .get(random.nextInt(12))));
                stable.does(FakeRuntime.answer(List.of(200, 200, 200, 404, 429).get(random.nextInt(5))));
                stage.ask("x-user", "user-" + i);
            }
            JsonObject one = stage.track(7, "stable", "retrieval");
            JsonObject two = stage.track(7, "candidate", "retrieval");

            assertThat(one.getLong("total") + one.getLong("excluded") + two.getLong("total") + two.getLong("excluded"))
                    .isEqualTo(requests);
            assertThat(sum(two.getJsonObject("latencyMillis").getJsonArray("counts")))
                    .isEqualTo(two.getLong("total"));
            JsonObject evidence = stage.evidence(7);
            assertThat(evidence.getJsonObject("users").getLong("total")).isEqualTo(requests);
            assertThat(evidence.getJsonObject("users").getLong("errors")).isZero();
            assertThat(evidence.getLong("fallbacks"))
                    .isEqualTo(two.getLong("errors"))
                    .isPositive();
        }

        @Test
        void takesAGrowingShareWithoutARestartAndKeepsTheOldCounts() throws Exception {
            start("split", 0);
            assertThat(track(stage.ask("x-user", "ada"))).isEqualTo("stable");

            stage.route(Documents.document(8, "split", 100));

            await().atMost(SOON).until(() -> stage.routeReport().getLong("generation") == 8);
            assertThat(track(stage.ask("x-user", "ada"))).isEqualTo("candidate");
            assertThat(stage.track(7, "stable", "retrieval").getLong("total")).isEqualTo(1);
            assertThat(stage.track(8, "stable", "retrieval").getLong("total")).isZero();
        }

        @Test
        void keepsTheRouteBeforeADocumentThatCannotBeRead() throws Exception {
            start("split", 100);
            stage.replace("route.json", "{\"generation\": 9, \"split\": {\"kind\": \"sideways\"}}");
            stage.replace("endpoints.json", "{\"support-1\": [\"no port\"]}");
            stage.replace("token", "another-secret");
            await().atMost(SOON).until(() -> {
                stage.ask("x-user", "ada");
                return "Bearer another-secret"
                        .equals(candidate.seen().getLast().headers().get("authorization"));
            });
            assertThat(stage.routeReport().getLong("generation")).isEqualTo(7);
            assertThat(stage.routeReport().getJsonObject("endpoints").getInteger(Stage.STABLE))
                    .isEqualTo(1);
        }
    }

    @Nested
    class AFailingCandidate {
        @Test
        void isNotSeenByUsersAndIsCountedOnlyAgainstItself() throws Exception {
            start("split", 100);
            for (FakeRuntime.Behaviour bad :
                    List.of(FakeRuntime.answer(500), FakeRuntime.answer(503), FakeRuntime.RESET, FakeRuntime.HALF)) {
                candidate.does(bad);
                HttpResponse<String> answer = stage.ask("x-user", "ada");
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(track(answer)).isEqualTo("stable");
                assertThat(answer.headers().firstValue("x-ragops-fallback")).contains("1");
            }
            assertThat(stage.evidence(7).getLong("fallbacks")).isEqualTo(4);
            assertThat(stage.track(7, "candidate", "retrieval").getLong("errors"))
                    .isEqualTo(4);
            assertThat(stage.track(7, "candidate", "retrieval").getLong("shed")).isEqualTo(1);
            assertThat(stage.track(7, "stable", "retrieval").getLong("total")).isZero();
        }

        @Test
        void hasOnlyHalfOfTheTime() throws Exception {
            candidate.does(_ -> {});
            start(Documents.document(7, "split", 100).put("requestTimeoutMillis", 1200));

            HttpResponse<String> answer = stage.ask("x-user", "ada");

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(track(answer)).isEqualTo("stable");
            assertThat(Long.parseLong(stable.seen().getLast().headers().getOrDefault("x-ragops-deadline-ms", "0")))
                    .isBetween(1L, 650L);
        }

        @Test
        void isEjectedAndTheGatewaySaysWhy() throws Exception {
            candidate.does(FakeRuntime.answer(500));
            start("split", 100);
            for (int i = 0; i < 30; i++) {
                assertThat(stage.ask("x-user", "user-" + i).statusCode()).isEqualTo(200);
            }
            JsonObject ejected = stage.routeReport().getJsonObject("ejected");
            assertThat(ejected.getString("revision")).isEqualTo(Stage.CANDIDATE);
            assertThat(ejected.getString("reason")).contains("asked again of stable");
            assertThat(stage.evidence(7).getJsonObject("ejected")).isEqualTo(ejected);
            assertThat(candidate.seen()).hasSize(20);
            assertThat(stage.admin("/metrics", false).body()).contains("ragops_gateway_ejections_total 1.0");
        }

        @Test
        void isShownToUsersWhereTheRouteSaysSo() throws Exception {
            candidate.does(FakeRuntime.answer(500));
            start(Documents.document(7, "split", 100).put("fallback", false));

            assertThat(stage.ask("x-user", "ada").statusCode()).isEqualTo(500);
            assertThat(stage.evidence(7).getJsonObject("users").getLong("errors"))
                    .isEqualTo(1);
        }
    }

    @Nested
    class ASecondTry {
        @Test
        void hidesAPodThatIsGoneOrGoingOrBreaksOff() throws Exception {
            FakeRuntime gone = stage.runtime(FakeRuntime.answer(200));
            String refuses = gone.address();
            gone.stop();
            FakeRuntime resets = stage.runtime(FakeRuntime.RESET);
            FakeRuntime drains = stage.runtime(FakeRuntime.DRAINING);
            stage.endpoints(Map.of(Stage.STABLE, List.of(refuses, stable.address())));
            start("none", 0);
            for (int i = 0; i < 6; i++) {
                assertThat(stage.ask().statusCode()).isEqualTo(200);
            }
            for (FakeRuntime bad : List.of(resets, drains)) {
                stage.endpoints(Map.of(
                        Stage.STABLE, List.of(bad.address(), stable.address()), bad.address(), List.of(bad.address())));
                await().atMost(SOON)
                        .until(() ->
                                stage.routeReport().getJsonObject("endpoints").containsKey(bad.address()));
                for (int i = 0; i < 60 && bad.seen().isEmpty(); i++) {
                    assertThat(stage.ask().statusCode()).isEqualTo(200);
                }
                assertThat(bad.seen()).isNotEmpty();
            }
            assertThat(stage.evidence(7).getJsonObject("users").getLong("errors"))
                    .isZero();
        }

        @Test
        void isNotMadeOnceAWriteReachedAPod() throws Exception {
            stable.does(FakeRuntime.RESET);
            FakeRuntime other = stage.runtime(FakeRuntime.RESET);
            stage.endpoints(Map.of(Stage.STABLE, List.of(stable.address(), other.address())));
            start("none", 0);

            HttpResponse<String> answer = stage.send(stage.request("POST", "/ingest", "{}"));

            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
            assertThat(stable.seen().size() + other.seen().size()).isEqualTo(1);
        }

        @Test
        void isNotMadeForEverybodyWhenEveryPodIsInTrouble() throws Exception {
            FakeRuntime other = stage.runtime(FakeRuntime.RESET);
            stable.does(FakeRuntime.RESET);
            stage.endpoints(Map.of(Stage.STABLE, List.of(stable.address(), other.address())));
            start("none", 0);
            int requests = 100;
            for (int i = 0; i < requests; i++) {
                assertThat(stage.ask().statusCode()).isEqualTo(502);
            }
            // A burst of ten, and then a fifth of the requests.
            assertThat(stable.seen().size() + other.seen().size()).isBetween(requests + 20, requests + 30);
        }

        @Test
        void ofAWriteIsMadeWhenThePodRefused() throws Exception {
            FakeRuntime gone = stage.runtime(FakeRuntime.answer(200));
            String refuses = gone.address();
            gone.stop();
            stage.endpoints(Map.of(Stage.STABLE, List.of(refuses, stable.address())));
            start("none", 0);
            for (int i = 0; i < 10; i++) {
                assertThat(stage.send(stage.request("POST", "/ingest", "{}")).statusCode())
                        .isEqualTo(200);
            }
            assertThat(stable.seen()).hasSize(10);
        }
    }

    @Nested
    class AMirror {
        @Test
        void comparesAndMarksWithoutTouchingTheUser() throws Exception {
            start("shadow", 100);

            assertThat(track(stage.ask())).isEqualTo("stable");

            await().atMost(SOON)
                    .until(() -> stage.evidence(7).getJsonObject("comparison").getLong("pairs") == 1);
            JsonObject comparison = stage.evidence(7).getJsonObject("comparison");
            assertThat(comparison.getDouble("overlapAtK")).isEqualTo(0.5);
            assertThat(comparison.getLong("sameTopPassage")).isEqualTo(1);
            assertThat(candidate.seen().getFirst().headers()).containsEntry("x-ragops-shadow", "1");
            assertThat(stable.seen().getFirst().headers()).doesNotContainKey("x-ragops-shadow");
            assertThat(stage.evidence(7).getJsonObject("users").getLong("total"))
                    .isEqualTo(1);
        }

        @Test
        void thatHangsOrFailsDelaysNobody() throws Exception {
            candidate.does(_ -> {});
            start("shadow", 100);

            long begin = System.nanoTime();
            for (int i = 0; i < 80; i++) {
                assertThat(stage.ask().statusCode()).isEqualTo(200);
            }

            // The route gives a hanging copy two seconds; users waited for none of the eighty.
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
            assertThat(candidate.seen().size()).isLessThanOrEqualTo(80);
            await().atMost(SOON)
                    .until(() -> stage.track(7, "candidate", "retrieval").getLong("errors") > 0);
            assertThat(stage.evidence(7).getJsonObject("users").getLong("errors"))
                    .isZero();
        }

        @Test
        void neverCopiesAWrite() throws Exception {
            start("shadow", 100);
            stage.send(stage.request("POST", "/ingest", "{}"));
            stage.send(stage.request("DELETE", "/documents/1", ""));
            stage.ask();
            await().atMost(SOON).until(() -> !candidate.seen().isEmpty());

            assertThat(candidate.seen()).extracting(FakeRuntime.Seen::uri).containsExactly("/query");
        }
    }

    @Nested
    class AStream {
        @Test
        void passesAndIsCountedOnce() throws Exception {
            candidate.does(FakeRuntime.stream(false));
            start("split", 100);

            assertThat(stage.ask("x-user", "ada").body()).isEqualTo("data: one\n\ndata: two\n\n");

            JsonObject generated = stage.track(7, "candidate", "generated");
            assertThat(generated.getLong("total")).isEqualTo(1);
            assertThat(generated.getLong("errors")).isZero();
        }

        @Test
        void thatBreaksOffIsOneBadEvent() throws Exception {
            candidate.does(FakeRuntime.stream(true));
            start("split", 100);

            CompletableFuture<HttpResponse<String>> answer = stage.http.sendAsync(
                    stage.request("POST", "/query", "{}", "x-user", "ada"), HttpResponse.BodyHandlers.ofString());

            assertThat(answer).failsWithin(SOON);
            JsonObject generated = stage.track(7, "candidate", "generated");
            assertThat(generated.getLong("total")).isEqualTo(1);
            assertThat(generated.getLong("errors")).isEqualTo(1);
            assertThat(stage.evidence(7).getJsonObject("users").getLong("errors"))
                    .isEqualTo(1);
        }
    }

    @Nested
    class AUserWhoLeaves {
        @Test
        void inTimeSaysNothingOfTheTrack() throws Exception {
            assertThat(leaveAfter(50).getLong("excluded")).isEqualTo(1);
            assertThat(stage.track(7, "candidate", "retrieval").getLong("total"))
                    .isZero();
        }

        @Test
        void afterThePromisedTimeCountsAsTooSlow() throws Exception {
            JsonObject count = leaveAfter(500);
            assertThat(count.getLong("total")).isEqualTo(1);
            assertThat(count.getLong("errors")).isZero();
            assertThat(count.getJsonObject("slow").getLong("latency")).isEqualTo(1);
        }

        private JsonObject leaveAfter(long millis) throws Exception {
            CompletableFuture<Void> left = new CompletableFuture<>();
            candidate.does(request ->
                    left.thenRun(() -> FakeRuntime.after(stage.vertx, 100, FakeRuntime.answer(200, "a"))
                            .handle(request)));
            start("split", 100);
            try (Socket socket = new Socket("127.0.0.1", stage.gateway.userPort())) {
                OutputStream out = socket.getOutputStream();
                out.write("POST /query HTTP/1.1\r\nhost: x\r\nx-user: ada\r\ncontent-length: 2\r\n\r\n{}"
                        .getBytes(StandardCharsets.US_ASCII));
                out.flush();
                await().atMost(SOON).until(() -> !candidate.seen().isEmpty());
                CompletableFuture<Void> waited = new CompletableFuture<>();
                stage.vertx.setTimer(millis, _ -> waited.complete(null));
                waited.get();
            }
            left.complete(null);
            await().atMost(SOON).until(() -> {
                JsonObject count = stage.track(7, "candidate", "retrieval");
                return count.getLong("total") + count.getLong("excluded") == 1;
            });
            return stage.track(7, "candidate", "retrieval");
        }
    }

    @Nested
    class WithoutPods {
        @Test
        void theCandidateStandsInForStableAndTheGatewaySaysSo() throws Exception {
            stage.endpoints(Map.of(Stage.CANDIDATE, List.of(candidate.address())));
            start("split", 0);

            HttpResponse<String> answer = stage.ask("x-user", "ada");

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(track(answer)).isEqualTo("candidate");
            assertThat(stage.routeReport().getBoolean("standIn")).isTrue();
        }

        @Test
        void aQuestionAndAWriteGetAProblemThatSaysWhenToComeBack() throws Exception {
            start("none", 0);
            stage.endpoints(Map.of());
            await().atMost(SOON).until(() -> stage.ask().statusCode() == 503);
            for (HttpResponse<String> answer :
                    List.of(stage.ask(), stage.send(stage.request("POST", "/ingest", "{}")))) {
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.headers().firstValue("retry-after")).contains("1");
                assertThat(new JsonObject(answer.body()).getString("detail")).contains("stable");
            }
            assertThat(stage.admin("/health/ready", false).statusCode()).isEqualTo(200);
        }

        @Test
        void aGatewayIsNotReadyAndWithoutARouteItSaysSo() throws Exception {
            stage.endpoints(Map.of());
            stage.start();
            assertThat(stage.ask().statusCode()).isEqualTo(503);
            assertThat(stage.send(stage.request("GET", "/health", "")).statusCode())
                    .isEqualTo(503);
            assertThat(stage.admin("/health/live", false).statusCode()).isEqualTo(200);
            stage.route(Documents.document(7, "none", 0));
            await().atMost(SOON).until(() -> stage.routeReport().getLong("generation", 0L) == 7);
            assertThat(stage.admin("/health/ready", false).statusCode()).isEqualTo(503);
        }
    }

    @Nested
    class Headers {
        @Test
        void ofOursAreStrippedAndTheSecretsAreSwapped() throws Exception {
            start("none", 0);
            stage.ask("x-ragops-shadow", "1", "x-ragops-track", "candidate", "authorization", "Bearer mine");

            Map<String, String> seen = stable.seen().getFirst().headers();
            assertThat(seen)
                    .doesNotContainKeys("x-ragops-shadow", "x-ragops-track")
                    .containsEntry("authorization", "Bearer runtime-secret")
                    .containsEntry("x-ragops-authorization", "Bearer mine")
                    .containsKeys("x-request-id", "x-ragops-deadline-ms");
            assertThat(seen.get("traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00");
        }

        @Test
        void ofATraceGoThrough() throws Exception {
            start("none", 0);
            stage.ask("x-request-id", "r1", "traceparent", "00-1-2-01");

            assertThat(stable.seen().getFirst().headers())
                    .containsEntry("x-request-id", "r1")
                    .containsEntry("traceparent", "00-1-2-01");
        }
    }

    @Nested
    class ABody {
        @Test
        void tooLongToKeepGoesToStableAsItComes() throws Exception {
            start("split", 100);
            HttpResponse<String> answer =
                    stage.send(stage.request("POST", "/query", "x".repeat(2 << 20), "x-user", "ada"));

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(track(answer)).isEqualTo("stable");
            assertThat(stable.seen().getFirst().bodyBytes()).isEqualTo(2 << 20);
        }

        @Test
        void tooLongAndOfUnknownLengthIsRefused() throws Exception {
            start("none", 0);
            byte[] bytes = new byte[2 << 20];
            HttpResponse<String> answer = stage.send(java.net.http.HttpRequest.newBuilder(
                            java.net.URI.create("http://127.0.0.1:" + stage.gateway.userPort() + "/query"))
                    .POST(java.net.http.HttpRequest.BodyPublishers.ofInputStream(
                            () -> new java.io.ByteArrayInputStream(bytes)))
                    .build());

            assertThat(answer.statusCode()).isEqualTo(413);
            assertThat(stable.seen()).isEmpty();
        }

        @Test
        void thatIsGarbageFromAPodIsPassedOnAndHurtsNothing() throws Exception {
            candidate.does(request -> {
                var _ = request.response().end("\u0000not json");
            });
            start("shadow", 100);
            assertThat(stage.ask().statusCode()).isEqualTo(200);
            await().atMost(SOON)
                    .until(() -> stage.track(7, "candidate", "retrieval").getLong("total") == 1);
            assertThat(stage.evidence(7).getJsonObject("comparison").getLong("pairs"))
                    .isZero();
        }

        @Test
        void withoutEndIsAnError() throws Exception {
            stable.does(_ -> {});
            start(Documents.document(7, "none", 0).put("requestTimeoutMillis", 300));
            HttpResponse<String> answer = stage.ask();
            assertThat(answer.statusCode()).isEqualTo(504);
            assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
        }
    }

    @Nested
    class Draining {
        @Test
        void servesOnAsksClientsToLeaveAndWaitsForTheLast() throws Exception {
            start("none", 0);
            CompletableFuture<Void> mayAnswer = new CompletableFuture<>();
            stable.does(request ->
                    mayAnswer.thenRun(() -> FakeRuntime.answer(200, "a").handle(request)));
            CompletableFuture<HttpResponse<String>> slow =
                    stage.http.sendAsync(stage.request("POST", "/ingest", "{}"), HttpResponse.BodyHandlers.ofString());
            await().atMost(SOON).until(() -> !stable.seen().isEmpty());

            var drained = stage.gateway.drain();
            await().atMost(SOON).until(() -> stage.admin("/health/ready", false).statusCode() == 503);
            assertThat(drained.isComplete()).isFalse();
            mayAnswer.complete(null);

            assertThat(slow.get().statusCode()).isEqualTo(200);
            HttpResponse<String> late = stage.ask();
            assertThat(late.statusCode()).isEqualTo(200);
            assertThat(late.headers().firstValue("connection")).contains("close");
            await().atMost(SOON).until(drained::isComplete);
            assertThat(drained.succeeded()).isTrue();
        }
    }

    @Nested
    class TheAdminPort {
        @Test
        void showsEvidenceOnlyToWhoHoldsTheKey() throws Exception {
            start("none", 0);
            assertThat(stage.admin("/-/route", false).statusCode()).isEqualTo(401);
            assertThat(stage.admin("/-/evidence?generation=7", false).statusCode())
                    .isEqualTo(401);
            assertThat(stage.admin("/-/route", true).statusCode()).isEqualTo(200);
        }

        @Test
        void saysWhatIsWrongWithAQuestion() throws Exception {
            start("none", 0);
            assertThat(stage.admin("/-/evidence?generation=x", true).statusCode())
                    .isEqualTo(400);
            assertThat(stage.admin("/-/evidence?generation=99", true).statusCode())
                    .isEqualTo(404);
            assertThat(stage.admin("/nothing", true).statusCode()).isEqualTo(404);
        }
    }

    private static String track(HttpResponse<String> answer) {
        return answer.headers().firstValue("x-ragops-track").orElse("");
    }

    private static long sum(JsonArray counts) {
        long sum = 0;
        for (int i = 0; i < counts.size(); i++) {
            sum += counts.getLong(i);
        }
        return sum;
    }
}
