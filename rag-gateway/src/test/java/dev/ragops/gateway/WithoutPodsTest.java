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
