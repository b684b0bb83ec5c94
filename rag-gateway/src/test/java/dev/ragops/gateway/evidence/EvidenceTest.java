package dev.ragops.gateway.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.gateway.route.Choice.Track;
import dev.ragops.gateway.route.Documents;
import dev.ragops.gateway.route.Route;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class EvidenceTest {

    @Nested
    class ATrack {
        private final Generation generation = new Generation(Documents.route(7, "split", 10), 1000);

        @Test
        void countsWhatEachEndingSaysOfIt() {
            add(Event.Ending.ANSWERED, 10);
            add(Event.Ending.ANSWERED, 300);
            add(Event.Ending.CLIENT_ERROR, 5);
            add(Event.Ending.ERROR, 1);
            add(Event.Ending.SHED, 1);
            add(Event.Ending.EXCLUDED, 9000);

            JsonObject count = retrieval();
            assertThat(count.getLong("total")).isEqualTo(5);
            assertThat(count.getLong("errors")).isEqualTo(2);
            assertThat(count.getLong("shed")).isEqualTo(1);
            assertThat(count.getLong("clientErrors")).isEqualTo(1);
            assertThat(count.getLong("excluded")).isEqualTo(1);
            // At the threshold is too slow, and an error is never in time.
            assertThat(count.getJsonObject("slow").getLong("latency")).isEqualTo(3);
        }

        @Test
        void hasOneMoreCountThanBounds() {
            add(Event.Ending.ANSWERED, 20_000);

            JsonObject latency = retrieval().getJsonObject("latencyMillis");
            int bounds = latency.getJsonArray("bounds").size();
            assertThat(latency.getJsonArray("counts").size()).isEqualTo(bounds + 1);
            assertThat(latency.getJsonArray("counts").getLong(bounds)).isEqualTo(1);
        }

        @Test
        void isJudgedByStatus() {
            assertThat(Event.endingOf(200, false)).isEqualTo(Event.Ending.ANSWERED);
            assertThat(Event.endingOf(404, false)).isEqualTo(Event.Ending.CLIENT_ERROR);
            assertThat(Event.endingOf(500, false)).isEqualTo(Event.Ending.ERROR);
            assertThat(Event.endingOf(503, false)).isEqualTo(Event.Ending.SHED);
        }

        @Test
        void isNotBlamedForAKeysQuotaButForItsOwnOverload() {
            assertThat(Event.endingOf(429, true)).isEqualTo(Event.Ending.EXCLUDED);
            assertThat(Event.endingOf(429, false)).isEqualTo(Event.Ending.SHED);
        }

        private void add(Event.Ending ending, double millis) {
            generation.add(Track.CANDIDATE, new Event(ending, Event.RETRIEVAL, millis));
        }

        private JsonObject retrieval() {
            return generation
                    .toJson()
                    .getJsonObject("tracks")
                    .getJsonObject("candidate")
                    .getJsonObject("classes")
                    .getJsonObject("retrieval");
        }
    }

    @Nested
    class TheBooks {
        private final Books books = new Books(Duration.ofSeconds(5));

        @Test
        void ignoreAStaleDocument() {
            assertThat(books.take(Documents.route(7, "split", 10), 1)).isTrue();
            assertThat(books.take(Documents.route(6, "none", 0), 2)).isFalse();
            assertThat(books.take(Documents.route(7, "split", 10), 3)).isFalse();
            assertThat(books.current().number()).isEqualTo(7);
            assertThat(books.current().since()).isEqualTo(1);
        }

        @Test
        void takeAnyDocumentOfAnotherModelOfTheSameName() {
            books.take(Documents.route(7, "split", 10), 1);
            Route other = Route.parse(Documents.document(1, "none", 0)
                    .put("model", new JsonObject().put("name", "support").put("uid", "uid-2"))
                    .encode());

            assertThat(books.take(other, 2)).isTrue();
            assertThat(books.generation(7)).isEmpty();
        }

        @Test
        void rememberTheLastEightGenerations() {
            for (int i = 1; i <= 10; i++) {
                books.take(Documents.route(i, "split", i), i);
            }
            assertThat(books.generation(2)).isEmpty();
            assertThat(books.generation(3)).isPresent();
        }

        @Test
        void keepAnEjectionUntilAnotherCandidateComes() {
            books.take(Documents.route(1, "split", 10), 1);
            for (int i = 0; i < 30; i++) {
                books.guard().candidate(1000, true);
            }
            assertThat(books.considerEjection(1000)).isPresent();
            assertThat(books.considerEjection(1001)).isEmpty();
            books.take(Documents.route(2, "split", 50), 2000);
            assertThat(books.ejection()).isPresent();

            books.take(Documents.route(3, "none", 0), 3000);

            assertThat(books.ejection()).isEmpty();
        }

        @Test
        void warmUpEachCandidateOnceFromItsFirstAnswer() {
            books.take(Documents.route(1, "shadow", 10), 1);
            assertThat(books.warmUp().isOn(100_000)).isTrue();
            assertThat(books.warmUp().isOn(104_999)).isTrue();
            assertThat(books.warmUp().isOn(105_000)).isFalse();

            books.take(Documents.route(2, "shadow", 100), 2);
            assertThat(books.warmUp().isOn(106_000)).isFalse();

            books.take(Documents.route(3, "none", 0), 3);
            books.take(Documents.route(4, "shadow", 10), 4);
            assertThat(books.warmUp().isOn(200_000)).isTrue();
        }
    }
}
