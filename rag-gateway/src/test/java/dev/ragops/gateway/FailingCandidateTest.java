package dev.ragops.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.gateway.route.Documents;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailingCandidateTest extends OnStage {
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
        assertThat(stage.track(7, "candidate", "retrieval").getLong("errors")).isEqualTo(4);
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
        assertThat(stage.evidence(7).getJsonObject("users").getLong("errors")).isEqualTo(1);
    }
}
