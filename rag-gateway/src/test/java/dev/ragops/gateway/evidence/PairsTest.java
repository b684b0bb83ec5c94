package dev.ragops.gateway.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.gateway.route.Choice.Track;
import dev.ragops.gateway.route.Documents;
import dev.ragops.gateway.route.Route;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairsTest {
    private final Pairs pairs = new Pairs();

    @Test
    void areTheLastOnesNewestFirst() {
        for (int i = 1; i <= 5; i++) {
            pairs.keep(pair(i, "question " + i), 3);
        }
        assertThat(pairs.toJson(10)).hasSize(3);
        assertThat(pairs.toJson(10).getJsonObject(0).getString("question")).isEqualTo("question 5");
    }

    @Test
    void expireAfterAQuarterOfAnHour() {
        pairs.keep(pair(1000, "old"), 3);
        pairs.keep(pair(2000, "new"), 3);

        assertThat(pairs.toJson(901_001)).hasSize(1);
        assertThat(pairs.toJson(902_001)).isEmpty();
    }

    @Test
    void sayWhatEachTrackRestedOn() {
        pairs.keep(pair(1, "x".repeat(10_000)), 1);

        JsonObject one = pairs.toJson(1).getJsonObject(0);
        assertThat(one.getString("question")).hasSize(4096);
        assertThat(one.getJsonObject("mirrored").getString("revision")).isEqualTo("support-2");
        assertThat(one.getJsonObject("original").getJsonArray("sources").encode())
                .isEqualTo("[{\"documentId\":\"a\",\"start\":0,\"end\":9}]");
        assertThat(one.getJsonObject("mirrored").getJsonArray("sources").encode())
                .isEqualTo("[{\"documentId\":\"a\"}]");
    }

    @Test
    void areDroppedWithTheRouteThatAskedForThem() {
        Books books = new Books(Duration.ZERO);
        books.take(keeping(1, 5), 1);
        books.pairs().keep(pair(1, "q"), 5);
        books.take(keeping(2, 5), 2);
        assertThat(books.pairs().toJson(1)).hasSize(1);

        books.take(keeping(3, 0), 3);

        assertThat(books.pairs().toJson(1)).isEmpty();
    }

    private static Route keeping(int generation, int pairs) {
        return Route.parse(Documents.document(generation, "shadow", 100)
                .put("comparison", new JsonObject().put("topK", 5).put("keepPairs", pairs))
                .encode());
    }

    private static Pair pair(long at, String question) {
        return new Pair(
                at,
                7,
                "r",
                "/query",
                question,
                new Comparison(1, 1, true),
                new Pair.Side(Track.STABLE, "support-1", 2, new Sources(List.of(new Sources.Source("a", 0, 9)))),
                new Pair.Side(
                        Track.CANDIDATE,
                        "support-2",
                        3,
                        new Sources(List.of(new Sources.Source("a", 0, Long.MAX_VALUE)))));
    }
}
