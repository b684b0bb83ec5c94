package dev.ragops.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ragops.gateway.route.Documents;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SplitTest extends OnStage {
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
            candidate.does(behaviour(List.of(200, 200, 200, 200, 200, 200, 404, 429, 200, 200, 200, 500)
                    .get(random.nextInt(12))));
            stable.does(behaviour(List.of(200, 200, 200, 404, 429).get(random.nextInt(5))));
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

    private static FakeRuntime.Behaviour behaviour(int status) {
        return status == 429 ? FakeRuntime.QUOTA : FakeRuntime.answer(status);
    }

    private static long sum(JsonArray counts) {
        long sum = 0;
        for (int i = 0; i < counts.size(); i++) {
            sum += counts.getLong(i);
        }
        return sum;
    }

    @Test
    void blamesNobodyForAKeysQuotaAndATrackForItsOwnOverload() throws Exception {
        start("split", 100);
        candidate.does(FakeRuntime.QUOTA);
        assertThat(stage.ask("x-user", "ada").statusCode()).isEqualTo(429);
        assertThat(stage.track(7, "candidate", "retrieval").getLong("excluded")).isEqualTo(1);
        assertThat(stage.track(7, "candidate", "retrieval").getLong("total")).isZero();

        candidate.does(FakeRuntime.answer(429));
        assertThat(track(stage.ask("x-user", "ada"))).isEqualTo("stable");
        assertThat(stage.track(7, "candidate", "retrieval").getLong("shed")).isEqualTo(1);
    }
}
