package dev.ragops.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ragops.gateway.route.Documents;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MirrorTest extends OnStage {
    @Test
    void comparesAndMarksWithoutTouchingTheUser() throws Exception {
        start("shadow", 100);

        assertThat(track(stage.ask())).isEqualTo("stable");

        await().atMost(SOON)
                .until(() -> stage.evidence(7).getJsonObject("comparison").getLong("pairs") == 1);
        JsonObject comparison = stage.evidence(7).getJsonObject("comparison");
        assertThat(comparison.getDouble("overlapAtK")).isEqualTo(0.5);
        assertThat(comparison.getLong("sameTopPassage")).isEqualTo(1);
        // A runtime believes the mark only beside the token.
        assertThat(candidate.seen().getFirst().headers())
                .containsEntry("x-ragops-shadow", "1")
                .containsEntry("authorization", "Bearer runtime-secret");
        assertThat(stable.seen().getFirst().headers()).doesNotContainKey("x-ragops-shadow");
        assertThat(stage.evidence(7).getJsonObject("users").getLong("total")).isEqualTo(1);
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
        assertThat(stage.evidence(7).getJsonObject("users").getLong("errors")).isZero();
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

    @Test
    void ofAStreamComparesTheSourcesOfBothAndReadsItToItsEnd() throws Exception {
        stable.does(FakeRuntime.streamOf("a", "b"));
        candidate.does(FakeRuntime.streamOf("a", "c"));
        start("shadow", 100);

        assertThat(stage.ask().body()).contains("event: sources").contains("event: done");

        await().atMost(SOON).until(() -> comparison().getLong("pairs") == 1);
        assertThat(comparison().getDouble("overlapAtK")).isEqualTo(0.5);
        await().atMost(SOON)
                .until(() -> stage.track(7, "candidate", "generated").getLong("total") == 1);
        assertThat(stage.track(7, "candidate", "generated").getLong("errors")).isZero();
    }

    @Test
    void ofAStreamThatBreaksOffIsBad() throws Exception {
        candidate.does(FakeRuntime.stream(true));
        start("shadow", 100);

        assertThat(stage.ask().statusCode()).isEqualTo(200);

        await().atMost(SOON)
                .until(() -> stage.track(7, "candidate", "generated").getLong("errors") == 1);
    }

    @Test
    void comparesAStreamWithAWholeAnswer() throws Exception {
        candidate.does(FakeRuntime.streamOf("a", "b"));
        start("shadow", 100);
        stage.ask();

        await().atMost(SOON).until(() -> comparison().getLong("pairs") == 1);
        assertThat(comparison().getDouble("overlapAtK")).isEqualTo(1);
    }

    @Test
    void comparesWhatIsCompressed() throws Exception {
        stable.does(FakeRuntime.compressed("a", "b"));
        candidate.does(FakeRuntime.compressed("a", "b"));
        start("shadow", 100);
        stage.ask("accept-encoding", "gzip");

        await().atMost(SOON).until(() -> comparison().getLong("pairs") == 1);
        assertThat(comparison().getDouble("rankBiasedOverlap")).isGreaterThan(0.99);
    }

    @Test
    void byAPodThatIsGoingAwaySaysNothingOfItsRevision() throws Exception {
        candidate.does(FakeRuntime.DRAINING);
        start("shadow", 100);
        stage.ask();

        await().atMost(SOON)
                .until(() -> stage.track(7, "candidate", "retrieval").getLong("excluded") == 1);
        assertThat(stage.track(7, "candidate", "retrieval").getLong("errors")).isZero();
    }

    @Test
    void keepsPairsWhereTheRouteAsksForThemAndShowsThemOnlyToWhoHoldsTheKey() throws Exception {
        start(Documents.document(7, "shadow", 100)
                .put("comparison", new JsonObject().put("topK", 5).put("keepPairs", 2)));
        for (int i = 0; i < 3; i++) {
            stage.ask("x-request-id", "request-" + i);
            int asked = i + 1;
            await().atMost(SOON).until(() -> comparison().getLong("pairs") == asked);
        }

        JsonArray pairs = new JsonObject(stage.admin("/-/pairs", true).body()).getJsonArray("pairs");
        assertThat(pairs).hasSize(2);
        assertThat(pairs.getJsonObject(0).getString("requestId")).isEqualTo("request-2");
        assertThat(pairs.getJsonObject(0).getString("question")).isEqualTo("{\"query\":\"how\"}");
        assertThat(pairs.getJsonObject(0).getJsonObject("mirrored").getString("track"))
                .isEqualTo("candidate");
        assertThat(stage.admin("/-/pairs", false).statusCode()).isEqualTo(401);
    }

    @Test
    void keepsNoPairsWhereNobodyAsked() throws Exception {
        start("shadow", 100);
        stage.ask();
        await().atMost(SOON).until(() -> comparison().getLong("pairs") == 1);

        assertThat(new JsonObject(stage.admin("/-/pairs", true).body()).getJsonArray("pairs"))
                .isEmpty();
    }

    private JsonObject comparison() throws Exception {
        return stage.evidence(7).getJsonObject("comparison");
    }
}
