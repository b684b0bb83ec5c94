package dev.ragops.gateway.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ragops.gateway.route.Choice.Track;
import dev.ragops.gateway.route.Documents;
import dev.ragops.gateway.route.Route;
import io.vertx.core.json.JsonObject;
import java.util.List;
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
            assertThat(Event.endingOf(200)).isEqualTo(Event.Ending.ANSWERED);
            assertThat(Event.endingOf(404)).isEqualTo(Event.Ending.CLIENT_ERROR);
            assertThat(Event.endingOf(429)).isEqualTo(Event.Ending.EXCLUDED);
            assertThat(Event.endingOf(500)).isEqualTo(Event.Ending.ERROR);
            assertThat(Event.endingOf(503)).isEqualTo(Event.Ending.SHED);
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
    class AComparison {
        @Test
        void ofEqualAnswersIsOneThroughout() {
            Comparison equal = Comparison.of(answer("a", "b", "c"), answer("a", "b", "c"), 10)
                    .orElseThrow();

            assertThat(equal.overlapAtK()).isEqualTo(1);
            assertThat(equal.rankBiasedOverlap()).isCloseTo(1, within(1e-9));
            assertThat(equal.sameTopPassage()).isTrue();
        }

        @Test
        void weighsTheTopMore() {
            Comparison top = Comparison.of(answer("a", "x", "y"), answer("a", "p", "q"), 10)
                    .orElseThrow();
            Comparison bottom = Comparison.of(answer("x", "y", "a"), answer("p", "q", "a"), 10)
                    .orElseThrow();

            assertThat(top.overlapAtK()).isEqualTo(bottom.overlapAtK()).isCloseTo(1 / 3.0, within(1e-9));
            assertThat(top.rankBiasedOverlap()).isGreaterThan(bottom.rankBiasedOverlap());
            assertThat(bottom.sameTopPassage()).isFalse();
        }

        @Test
        void takesOverlappingPassagesOfOneDocumentForTheSame() {
            assertThat(new Comparison.Source("a", 0, 10).isSameAs(new Comparison.Source("a", 9, 20)))
                    .isTrue();
            assertThat(new Comparison.Source("a", 0, 10).isSameAs(new Comparison.Source("a", 10, 20)))
                    .isFalse();
            assertThat(new Comparison.Source("a", 0, 10).isSameAs(new Comparison.Source("b", 0, 10)))
                    .isFalse();
        }

        @Test
        void needsSourcesOnBothSides() {
            assertThat(Comparison.of("{}", answer("a"), 10)).isEmpty();
            assertThat(Comparison.of("not json", answer("a"), 10)).isEmpty();
            assertThat(Comparison.of(List.of(), List.of()).overlapAtK()).isEqualTo(1);
        }

        private static String answer(String... documents) {
            StringBuilder sources = new StringBuilder();
            for (String document : documents) {
                sources.append(sources.isEmpty() ? "" : ",")
                        .append("{\"documentId\":\"%s\",\"start\":0,\"end\":9}".formatted(document));
            }
            return "{\"sources\":[" + sources + "]}";
        }
    }

    @Nested
    class AGuard {
        private final Guard guard = new Guard();

        @Test
        void ejectsAboveAFifthOfFallbacks() {
            for (int i = 0; i < 20; i++) {
                guard.candidate(1000, i < 5);
            }
            assertThat(guard.reasonToEject(1000))
                    .hasValueSatisfying(reason -> assertThat(reason).contains("5 of 20"));
        }

        @Test
        void staysCalmAtAFifthAndWithFewAttempts() {
            for (int i = 0; i < 20; i++) {
                guard.candidate(1000, i < 4);
            }
            assertThat(guard.reasonToEject(1000)).isEmpty();
            Guard other = new Guard();
            for (int i = 0; i < 19; i++) {
                other.candidate(1000, true);
            }
            assertThat(other.reasonToEject(1000)).isEmpty();
        }

        @Test
        void forgetsAfterTenSeconds() {
            for (int i = 0; i < 30; i++) {
                guard.candidate(1000, true);
            }
            assertThat(guard.reasonToEject(10_999)).isPresent();
            assertThat(guard.reasonToEject(11_000)).isEmpty();
        }

        @Test
        void ejectsWhileStableShedsAndStopsMirroringWhileItFails() {
            for (int i = 0; i < 40; i++) {
                guard.stable(1000, new Event(i < 4 ? Event.Ending.SHED : Event.Ending.ANSWERED, Event.RETRIEVAL, 5));
            }
            assertThat(guard.reasonToEject(1000)).isEmpty();
            assertThat(guard.mayMirror(1000)).isFalse();
            guard.candidate(1000, false);
            assertThat(guard.reasonToEject(1000)).isPresent();
            assertThat(guard.mayMirror(20_000)).isTrue();
        }
    }

    @Nested
    class TheBooks {
        private final Books books = new Books();

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
    }
}
