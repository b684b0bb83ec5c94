package dev.ragops.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class EndpointsTest {
    private final Endpoints endpoints = new Endpoints();

    @Nested
    class APick {
        @Test
        void isTheLeastBusyPod() {
            endpoints.put("s", List.of("a:1", "b:1"));
            String first = pick(0);
            assertThat(pick(0)).isNotEqualTo(first);
            endpoints.release(first);
            assertThat(pick(0)).isEqualTo(first);
        }

        @Test
        void isAnotherPodThanTheOneJustTriedWhereThereIsOne() {
            endpoints.put("s", List.of("a:1", "b:1"));
            for (int i = 0; i < 10; i++) {
                assertThat(endpoints.pick("s", "a:1", Endpoints.Choice.ANY, 0)).contains("b:1");
            }
            endpoints.put("s", List.of("a:1"));
            assertThat(endpoints.pick("s", "a:1", Endpoints.Choice.ANY, 0)).contains("a:1");
            assertThat(endpoints.pick("unknown", "", Endpoints.Choice.ANY, 0)).isEmpty();
        }

        @Test
        void neverMissesAPodThatCameOrWent() {
            endpoints.put("s", List.of("a:1"));
            endpoints.put("s", List.of("b:1"));
            assertThat(pick(0)).isEqualTo("b:1");
            endpoints.retain(Set.of());
            assertThat(endpoints.has("s")).isFalse();
            endpoints.release("b:1");
            endpoints.release("b:1");
        }
    }

    @Nested
    class ADeadPod {
        @Test
        void isSetAsideAndFoundOutByOneRequestAtATime() {
            endpoints.put("s", List.of("dead:1", "b:1"));
            endpoints.failed("dead:1", 0);
            for (int i = 0; i < 10; i++) {
                assertThat(pick(999)).isEqualTo("b:1");
            }
            assertThat(pick(1000)).isEqualTo("dead:1");
            assertThat(pick(1001)).isEqualTo("b:1");
        }

        @Test
        void isAskedLessAndLessUntilItAnswers() {
            endpoints.put("s", List.of("dead:1", "b:1"));
            for (int i = 0; i < 10; i++) {
                endpoints.failed("dead:1", 0);
            }
            assertThat(pick(15_999)).isEqualTo("b:1");
            endpoints.answered("dead:1", 15_999);
            assertThat(pick(15_999)).isEqualTo("dead:1");
        }

        @Test
        void isAskedAllTheSameWhereThereIsNoOther() {
            endpoints.put("s", List.of("dead:1"));
            endpoints.failed("dead:1", 0);
            assertThat(pick(1)).isEqualTo("dead:1");
        }

        @Test
        void isNotAskedWhereSomebodyElseCanAnswerUntilItsTimeComes() {
            endpoints.put("s", List.of("gone:1"));
            endpoints.refused("gone:1", 0);
            assertThat(endpoints.pick("s", "", Endpoints.Choice.REACHABLE, 999)).isEmpty();
            assertThat(endpoints.pick("s", "", Endpoints.Choice.REACHABLE, 1000))
                    .contains("gone:1");
            assertThat(endpoints.pick("s", "", Endpoints.Choice.REACHABLE, 1001))
                    .as("one finds out for all")
                    .isEmpty();

            endpoints.answered("gone:1", 1002);
            assertThat(endpoints.pick("s", "", Endpoints.Choice.REACHABLE, 1002))
                    .contains("gone:1");
            endpoints.failed("gone:1", 1003);
            assertThat(endpoints.pick("s", "", Endpoints.Choice.REACHABLE, 1004))
                    .as("one that takes connections and breaks them is judged by that")
                    .contains("gone:1");
        }

        @Test
        void isOneThatLetARequestWaitAndAnsweredNobodyMeanwhile() {
            endpoints.put("s", List.of("slow:1", "b:1"));
            endpoints.answered("slow:1", 50);
            endpoints.timedOut("slow:1", 0, 100);
            endpoints.failed("b:1", 100);
            assertThat(pick(100)).isEqualTo("slow:1");

            endpoints.timedOut("slow:1", 60, 160);
            endpoints.answered("b:1", 160);
            assertThat(pick(160)).isEqualTo("b:1");
        }
    }

    private String pick(long now) {
        return endpoints.pick("s", "", Endpoints.Choice.ANY, now).orElseThrow();
    }
}
