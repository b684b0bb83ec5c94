package dev.ragops.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ragops.gateway.route.Documents;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WithoutPodsTest extends OnStage {
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
    void aCandidateIsNotJudgedAndItsUsersHaveStable() throws Exception {
        stage.endpoints(Map.of(Stage.STABLE, List.of(stable.address())));
        start("split", 100);

        assertStableAnswersAndNothingCounts();
    }

    @Test
    void aCandidateWhoseLastPodIsLeavingIsNotJudgedEither() throws Exception {
        candidate.does(FakeRuntime.DRAINING);
        start("split", 100);

        assertStableAnswersAndNothingCounts();
    }

    @Test
    void aCandidateWhosePodsWereAllKilledWithoutAWordIsNotJudgedEither() throws Exception {
        FakeRuntime second = stage.runtime(FakeRuntime.answer(200));
        stage.endpoints(Map.of(
                Stage.STABLE,
                List.of(stable.address()),
                Stage.CANDIDATE,
                List.of(candidate.address(), second.address())));
        start("split", 100);
        candidate.stop();
        second.stop();

        assertStableAnswersAndNothingCounts();
        assertThat(stage.evidence(7).getJsonObject("users").getLong("errors")).isZero();
    }

    @Test
    void aCandidateThatWasKilledHasStableBehindItEvenWithoutAFallback() throws Exception {
        start(Documents.document(7, "split", 100).put("fallback", false));
        candidate.stop();

        assertStableAnswersAndNothingCounts();
    }

    @Test
    void aCandidateWhosePodsWereKilledIsNotJudgedByItsCopiesEither() throws Exception {
        start("shadow", 100);
        candidate.stop();
        for (int i = 0; i < 20; i++) {
            assertThat(stage.ask().statusCode()).isEqualTo(200);
        }
        await().atMost(SOON)
                .until(() -> stage.track(7, "candidate", "retrieval").getInteger("excluded") == 20);
        assertThat(stage.track(7, "candidate", "retrieval").getInteger("total")).isZero();
    }

    @Test
    void aCandidateOfWhichOnePodWasKilledIsJudgedByTheOthers() throws Exception {
        FakeRuntime killed = stage.runtime(FakeRuntime.answer(200));
        stage.endpoints(Map.of(
                Stage.STABLE,
                List.of(stable.address()),
                Stage.CANDIDATE,
                List.of(candidate.address(), killed.address())));
        start("split", 100);
        killed.stop();
        for (int i = 0; i < 40; i++) {
            assertThat(track(stage.ask("x-user", "user" + i))).isEqualTo("candidate");
        }
        JsonObject judged = stage.track(7, "candidate", "retrieval");
        assertThat(judged.getInteger("total")).isEqualTo(40);
        assertThat(judged.getInteger("errors")).isZero();
    }

    @Test
    void aCandidateThatTakesQuestionsAndDiesOfThemIsJudgedByEachOfThem() throws Exception {
        candidate.does(FakeRuntime.RESET);
        start("split", 100);
        for (int i = 0; i < 5; i++) {
            assertThat(track(stage.ask("x-user", "user" + i))).isEqualTo("stable");
        }
        assertThat(stage.track(7, "candidate", "retrieval").getInteger("errors"))
                .isEqualTo(5);
    }

    @Test
    void theCandidateStandsInForAStableWhosePodsWereAllKilledBeforeAnybodyNoticed() throws Exception {
        start("split", 0);
        stable.stop();

        for (int i = 0; i < 10; i++) {
            HttpResponse<String> answer = stage.ask("x-user", "user" + i);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(track(answer)).isEqualTo("candidate");
        }
    }

    private void assertStableAnswersAndNothingCounts() throws Exception {
        for (int i = 0; i < 40; i++) {
            HttpResponse<String> answer = stage.ask("x-user", "user" + i);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(track(answer)).isEqualTo("stable");
        }
        JsonObject judged = stage.track(7, "candidate", "retrieval");
        assertThat(judged.getInteger("total")).isZero();
        assertThat(judged.getInteger("errors")).isZero();
        assertThat(judged.getInteger("excluded")).isEqualTo(40);
        assertThat(stage.routeReport().getValue("ejected")).isNull();
    }

    @Test
    void aQuestionAndAWriteGetAProblemThatSaysWhenToComeBack() throws Exception {
        start("none", 0);
        stage.endpoints(Map.of());
        await().atMost(SOON).until(() -> stage.ask().statusCode() == 503);
        for (HttpResponse<String> answer : List.of(stage.ask(), stage.send(stage.request("POST", "/ingest", "{}")))) {
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
        assertThat(stage.send(stage.request("GET", "/health", "")).statusCode()).isEqualTo(503);
        assertThat(stage.admin("/health/live", false).statusCode()).isEqualTo(200);
        stage.route(Documents.document(7, "none", 0));
        await().atMost(SOON).until(() -> stage.routeReport().getLong("generation", 0L) == 7);
        assertThat(stage.admin("/health/ready", false).statusCode()).isEqualTo(503);
    }
}
