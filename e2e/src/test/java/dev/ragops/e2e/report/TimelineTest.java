package dev.ragops.e2e.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TimelineTest {

    @Nested
    class FromAliasToPod {
        @Test
        void isTheTimeUntilTheFirstPodOfThatRevision() {
            Timeline timeline = new Timeline(List.of(
                    new Moment.PodStarted(500, "old", "m-1"),
                    new Moment.AliasMoved(1000, "2"),
                    new Moment.PodStarted(6000, "b", "m-2"),
                    new Moment.PodStarted(4000, "a", "m-2")));

            assertThat(timeline.aliasToPod("2", "m-2")).contains(Duration.ofSeconds(3));
        }

        @Test
        void isNotSeenWhenNoPodStarted() {
            assertThat(new Timeline(List.of(new Moment.AliasMoved(1000, "2"))).aliasToPod("2", "m-2"))
                    .isEmpty();
        }
    }

    @Nested
    class AChangeOfTheRoute {
        @Test
        void countsUntilTheLastGatewayServesIt() {
            Timeline timeline = new Timeline(List.of(
                    new Moment.GatewaysAre(0, List.of("a", "b")),
                    route(1000, 7, "split", 10),
                    new Moment.GatewayServes(1500, "a", 7, 1100),
                    new Moment.GatewayServes(2600, "b", 7, 2400),
                    route(3000, 8, "split", 50),
                    new Moment.GatewayServes(3500, "a", 8, 3010),
                    new Moment.GatewayServes(3500, "b", 8, 3200)));

            assertThat(timeline.slowestRouteChange()).contains(Duration.ofMillis(1400));
            assertThat(timeline.routeChanges()).isEqualTo(2);
        }

        @Test
        void thatOneGatewayNeverServedIsNotSeen() {
            Timeline timeline = new Timeline(List.of(
                    new Moment.GatewaysAre(0, List.of("a", "b")),
                    route(1000, 7, "split", 10),
                    new Moment.GatewayServes(1500, "a", 7, 1100)));

            assertThat(timeline.slowestRouteChange()).isEmpty();
        }

        @Test
        void isCountedOnceHoweverOftenItsDocumentIsSeen() {
            Timeline timeline = new Timeline(List.of(
                    new Moment.GatewaysAre(0, List.of("a")),
                    route(1000, 7, "split", 10),
                    new Moment.GatewayServes(1500, "a", 7, 1100),
                    route(9000, 7, "split", 10)));

            assertThat(timeline.slowestRouteChange()).contains(Duration.ofMillis(100));
        }

        @Test
        void beforeThereWereGatewaysIsNobodysConcern() {
            Timeline timeline = new Timeline(List.of(
                    route(100, 1, "none", 0),
                    new Moment.GatewaysAre(5000, List.of("a")),
                    route(6000, 2, "split", 10),
                    new Moment.GatewayServes(6500, "a", 2, 6020)));

            assertThat(timeline.routeChanges()).isEqualTo(1);
            assertThat(timeline.slowestRouteChange()).contains(Duration.ofMillis(20));
        }
    }

    @Nested
    class FromBreachToZero {
        @Test
        void isCountedFromTheLastEvidenceThatDidNotCondemn() {
            Timeline timeline = new Timeline(List.of(
                    new Moment.GatewaysAre(0, List.of("a")),
                    route(500, 7, "split", 10),
                    new Moment.GatewayServes(600, "a", 7, 510),
                    rollout(5100, 5000, Map.of("latency", "Inconclusive")),
                    rollout(10_100, 10_000, Map.of("latency", "Fail")),
                    route(10_300, 8, "none", 0),
                    new Moment.GatewayServes(10_900, "a", 8, 10_400)));

            assertThat(timeline.breachToZero("m-2", Duration.ofSeconds(2))).contains(Duration.ofMillis(5400));
        }

        @Test
        void countsFromOneIntervalBeforeTheFirstLookWhenThatCondemned() {
            Timeline timeline = new Timeline(List.of(
                    new Moment.GatewaysAre(0, List.of("a")),
                    rollout(4000, 0, Map.of()),
                    rollout(10_100, 10_000, Map.of("latency", "Fail")),
                    route(10_300, 8, "none", 0),
                    new Moment.GatewayServes(10_900, "a", 8, 10_400)));

            assertThat(timeline.breachToZero("m-2", Duration.ofSeconds(2))).contains(Duration.ofMillis(2400));
        }

        @Test
        void ofAnEarlierCandidateIsNotThatOfALaterOne() {
            Timeline timeline = new Timeline(List.of(
                    new Moment.GatewaysAre(0, List.of("a")),
                    new Moment.RolloutSeen(1000, "RolledBack", "", 1, "", "", "m-1", "", 3, 900, Map.of("x", "Fail")),
                    rollout(10_100, 10_000, Map.of("latency", "Pass")),
                    route(10_300, 8, "none", 0),
                    new Moment.GatewayServes(10_900, "a", 8, 10_400)));

            assertThat(timeline.breachToZero("m-2", Duration.ofSeconds(2))).isEmpty();
        }

        @Test
        void isNotSeenWithoutABreach() {
            Timeline timeline = new Timeline(
                    List.of(new Moment.GatewaysAre(0, List.of("a")), rollout(5100, 5000, Map.of("latency", "Pass"))));

            assertThat(timeline.breachToZero("m-2", Duration.ofSeconds(2))).isEmpty();
        }

        @Test
        void isNotSeenWhileSomeGatewayStillServesTheCandidate() {
            Timeline timeline = new Timeline(List.of(
                    new Moment.GatewaysAre(0, List.of("a", "b")),
                    rollout(5100, 5000, Map.of()),
                    rollout(10_100, 10_000, Map.of("latency", "Fail")),
                    route(10_300, 8, "none", 0),
                    new Moment.GatewayServes(10_900, "a", 8, 10_400)));

            assertThat(timeline.breachToZero("m-2", Duration.ofSeconds(2))).isEmpty();
        }
    }

    @Test
    void theStepsOfAnAttemptAreNamedInOrderAndOnce() {
        Timeline timeline = new Timeline(List.of(
                step(1, "m-1", "shadow"),
                step(2, "m-2", "shadow"),
                step(3, "m-2", "shadow"),
                step(4, "m-2", "canary"),
                step(5, "m-2", "")));

        assertThat(timeline.stepKinds("m-2")).containsExactly("shadow", "canary");
    }

    private static Moment.RouteWritten route(long at, long generation, String kind, double percent) {
        return new Moment.RouteWritten(at, generation, "m-1", kind.equals("none") ? "" : "m-2", kind, percent);
    }

    private static Moment.RolloutSeen rollout(long at, long evidenceAt, Map<String, String> rulings) {
        return new Moment.RolloutSeen(at, "Progressing", "", 1, "ten", "canary", "m-1", "m-2", 3, evidenceAt, rulings);
    }

    private static Moment.RolloutSeen step(long at, String candidate, String kind) {
        return new Moment.RolloutSeen(at, "Progressing", "", 1, "s", kind, "m-1", candidate, 3, 0, Map.of());
    }
}
