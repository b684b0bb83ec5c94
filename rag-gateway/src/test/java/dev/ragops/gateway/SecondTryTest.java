package dev.ragops.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SecondTryTest extends OnStage {
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
                    .until(() -> stage.routeReport().getJsonObject("endpoints").containsKey(bad.address()));
            for (int i = 0; i < 60 && bad.seen().isEmpty(); i++) {
                assertThat(stage.ask().statusCode()).isEqualTo(200);
            }
            assertThat(bad.seen()).isNotEmpty();
        }
        assertThat(stage.evidence(7).getJsonObject("users").getLong("errors")).isZero();
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

    @Test
    void isHardlyEverNeededBecauseADeadPodIsSetAside() throws Exception {
        FakeRuntime gone = stage.runtime(FakeRuntime.answer(200));
        String refuses = gone.address();
        gone.stop();
        stable.does(FakeRuntime.after(stage.vertx, 5, FakeRuntime.answer(200, "a")));
        stage.endpoints(Map.of(Stage.STABLE, List.of(refuses, stable.address())));
        start("none", 0);
        for (int round = 0; round < 15; round++) {
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                answers.add(stage.http.sendAsync(
                        stage.request("POST", "/query", "{}"), HttpResponse.BodyHandlers.ofString()));
            }
            for (var answer : answers) {
                assertThat(answer.get().statusCode()).isEqualTo(200);
            }
        }
        assertThat(stage.evidence(7).getJsonObject("users").getLong("errors")).isZero();
        assertThat(stage.track(7, "stable", "retrieval").getLong("errors")).isLessThan(30);
    }

    @Test
    void ofAWriteIsMadeWhenThePodIsGoingAwayAndHasNotTouchedIt() throws Exception {
        FakeRuntime drains = stage.runtime(FakeRuntime.DRAINING);
        stage.endpoints(Map.of(Stage.STABLE, List.of(drains.address(), stable.address())));
        start("none", 0);
        for (int i = 0; i < 10; i++) {
            assertThat(stage.send(stage.request("POST", "/ingest", "{\"n\":%d}".formatted(i)))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(stage.send(stage.request("DELETE", "/documents/1", "")).statusCode())
                    .isEqualTo(200);
        }
        assertThat(stable.seen()).hasSize(20);
    }

    @Test
    void isMadeOfStableToo() throws Exception {
        candidate.does(FakeRuntime.answer(500));
        FakeRuntime gone = stage.runtime(FakeRuntime.answer(200));
        String refuses = gone.address();
        gone.stop();
        stage.endpoints(Map.of(
                Stage.STABLE, List.of(refuses, stable.address()), Stage.CANDIDATE, List.of(candidate.address())));
        start("split", 100);
        for (int i = 0; i < 6; i++) {
            assertThat(stage.ask("x-user", "ada").statusCode()).isEqualTo(200);
        }
    }
}
