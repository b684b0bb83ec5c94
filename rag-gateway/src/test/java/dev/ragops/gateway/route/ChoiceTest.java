package dev.ragops.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.ragops.gateway.route.Choice.Track;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ChoiceTest {

    @Nested
    class ASplit {
        @Test
        void givesAboutTheShareItSays() {
            Route route = Documents.route(1, "split", "12.5");

            long candidates = IntStream.range(0, 20_000)
                    .filter(i -> choose(route, "user-" + i).track() == Track.CANDIDATE)
                    .count();

            assertThat(candidates / 20_000.0).isCloseTo(0.125, within(0.01));
        }

        @Test
        void growingOnlyMovesUsersFromStableToCandidate() {
            Route ten = Documents.route(1, "split", 10);
            Route fifty = Documents.route(2, "split", 50);

            assertThat(IntStream.range(0, 2000).mapToObj(i -> "user-" + i)).allSatisfy(user -> {
                if (choose(ten, user).track() == Track.CANDIDATE) {
                    assertThat(choose(fifty, user).track()).isEqualTo(Track.CANDIDATE);
                }
            });
        }

        @Test
        void meetsOtherUsersWithAnotherCandidate() {
            long same = IntStream.range(0, 1000)
                    .filter(i -> Buckets.of("support", "support-2", "user-" + i) < 1000
                            && Buckets.of("support", "support-9", "user-" + i) < 1000)
                    .count();

            assertThat(same).isLessThan(40);
        }

        @Test
        void leavesItToChanceWithoutAKeyAndSaysSo() {
            Route route = Documents.route(1, "split", 10);

            Choice low = Choice.of(route, asker(Map.of()), false, () -> 999);
            Choice high = Choice.of(route, asker(Map.of()), false, () -> 1000);

            assertThat(low).isEqualTo(new Choice(Track.CANDIDATE, java.util.Optional.empty(), true));
            assertThat(high.track()).isEqualTo(Track.STABLE);
        }

        @Test
        void letsAHeaderAskForTheCandidate() {
            JsonObject document = Documents.document(1, "split", 0);
            document.put(
                    "matches",
                    new JsonArray()
                            .add(new JsonObject()
                                    .put(
                                            "header",
                                            new JsonObject()
                                                    .put("name", "x-beta")
                                                    .put("value", "true"))));
            Route route = Route.parse(document.encode());

            assertThat(Choice.of(route, asker(Map.of("x-beta", "true")), false, () -> 0)
                            .track())
                    .isEqualTo(Track.CANDIDATE);
            assertThat(Choice.of(route, asker(Map.of("x-beta", "no")), false, () -> 0)
                            .track())
                    .isEqualTo(Track.STABLE);
        }

        @Test
        void givesAnEjectedCandidateNothing() {
            assertThat(Choice.of(Documents.route(1, "split", 100), asker(Map.of()), true, () -> 0)
                            .track())
                    .isEqualTo(Track.STABLE);
        }
    }

    @Nested
    class AMirror {
        @Test
        void neverChangesWhoAnswers() {
            Choice choice = Choice.of(Documents.route(1, "shadow", 100), asker(Map.of()), false, () -> 9999);

            assertThat(choice.track()).isEqualTo(Track.STABLE);
            assertThat(choice.mirror()).contains(Track.CANDIDATE);
            assertThat(choice.unsticky()).isFalse();
        }

        @Test
        void copiesOnlyItsShare() {
            assertThat(Choice.of(Documents.route(1, "shadow", 10), asker(Map.of()), false, () -> 1000)
                            .mirror())
                    .isEmpty();
        }

        @Test
        void goesToTheControlDuringAWatch() {
            assertThat(Choice.of(Documents.route(1, "control", 100), asker(Map.of()), false, () -> 0)
                            .mirror())
                    .contains(Track.CONTROL);
        }
    }

    @Nested
    class AKey {
        private final Route.Stickiness everything =
                new Route.Stickiness("x-user", "session", true, List.of("10.0.0.1"));

        @Test
        void isTheHeaderFirst() {
            assertThat(asker(Map.of("x-user", "ada", "cookie", "session=7")).key(everything))
                    .contains("ada");
        }

        @Test
        void isTheCookieNext() {
            assertThat(asker(Map.of("cookie", "a=b; session=7 ; c=d")).key(everything))
                    .contains("7");
        }

        @Test
        void isTheSubjectOfAToken() {
            String claims = Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString("{\"sub\":\"grace\"}".getBytes(StandardCharsets.UTF_8));

            assertThat(asker(Map.of("authorization", "Bearer e30." + claims + ".x"))
                            .key(everything))
                    .contains("grace");
            assertThat(asker(Map.of("authorization", "Bearer nonsense")).key(everything))
                    .isEmpty();
            assertThat(asker(Map.of("authorization", "Bearer a.%%%.c")).key(everything))
                    .isEmpty();
        }

        @Test
        void isAnAddressOnlyFromATrustedProxy() {
            assertThat(new Asker(Map.of("x-forwarded-for", "1.2.3.4, 10.0.0.1")::get, "10.0.0.1").key(everything))
                    .contains("1.2.3.4");
            assertThat(new Asker(Map.of("x-forwarded-for", "1.2.3.4")::get, "10.9.9.9").key(everything))
                    .isEmpty();
        }

        @Test
        void isTheAddressAProxySawAndNotTheOneAClientWrote() {
            Route.Stickiness networks = new Route.Stickiness("", "", false, List.of("10.0.0.0/9", "fd00::/8"));
            assertThat(new Asker(Map.of("x-forwarded-for", "6.6.6.6, 1.2.3.4, 10.1.2.3")::get, "10.127.9.9")
                            .key(networks))
                    .contains("1.2.3.4");
            assertThat(new Asker(Map.of("x-forwarded-for", "1.2.3.4")::get, "fd00::7").key(networks))
                    .contains("1.2.3.4");
            assertThat(new Asker(Map.of("x-forwarded-for", "1.2.3.4")::get, "10.128.0.1").key(networks))
                    .isEmpty();
            assertThat(new Asker(Map.of("x-forwarded-for", " , ")::get, "10.0.0.1").key(networks))
                    .isEmpty();
        }
    }

    @Nested
    class ADocument {
        @Test
        void isRefusedWithAWordOnWhatIsWrong() {
            assertThatThrownBy(() -> Documents.route(1, "split", 101)).hasMessageContaining("split.percent");
            assertThatThrownBy(() -> Documents.route(1, "sideways", 1)).hasMessageContaining("cannot be read");
            assertThatThrownBy(() -> Route.parse("{")).hasMessageContaining("cannot be read");
            for (String network : List.of("proxy.example", "10.0.0.0/33", "10.0.0.0/x", "")) {
                JsonObject document = Documents.document(1, "none", 0)
                        .put("stickiness", new JsonObject().put("trustedProxies", new JsonArray().add(network)));
                assertThatThrownBy(() -> Route.parse(document.encode())).hasMessageContaining("trustedProxies");
            }
            assertThatThrownBy(() -> Route.parse(Documents.document(1, "none", 0)
                            .put("stable", new JsonObject())
                            .encode()))
                    .hasMessageContaining("no revision");
        }

        @Test
        void classesQuestionsAndNothingElseAsReads() {
            assertThat(List.of("/query", "/retrieve", "/v1/chat/completions", "/v1/vector_stores/x/search"))
                    .allMatch(path -> RouteClass.of("POST", path) == RouteClass.RETRIEVAL_READ);
            assertThat(List.of("/ingest", "/v1/embeddings", "/query/", "/documents/1", "/v1/vector_stores/a/b/search"))
                    .allMatch(path -> RouteClass.of("POST", path) == RouteClass.STABLE_ONLY);
            assertThat(RouteClass.of("GET", "/query")).isEqualTo(RouteClass.STABLE_ONLY);
        }
    }

    private static Choice choose(Route route, String user) {
        return Choice.of(route, asker(Map.of("x-user", user)), false, () -> {
            throw new AssertionError("a key leaves nothing to chance");
        });
    }

    private static Asker asker(Map<String, String> headers) {
        return new Asker(headers::get, "127.0.0.1");
    }
}
