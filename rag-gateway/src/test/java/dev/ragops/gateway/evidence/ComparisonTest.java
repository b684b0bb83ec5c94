package dev.ragops.gateway.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    @Test
    void ofEqualAnswersIsOneThroughout() {
        Comparison equal = compare(answer("a", "b", "c"), answer("a", "b", "c"));

        assertThat(equal.overlapAtK()).isEqualTo(1);
        assertThat(equal.rankBiasedOverlap()).isCloseTo(1, within(1e-9));
        assertThat(equal.sameTopPassage()).isTrue();
    }

    @Test
    void weighsTheTopMore() {
        Comparison top = compare(answer("a", "x", "y"), answer("a", "p", "q"));
        Comparison bottom = compare(answer("x", "y", "a"), answer("p", "q", "a"));

        assertThat(top.overlapAtK()).isEqualTo(bottom.overlapAtK()).isCloseTo(1 / 3.0, within(1e-9));
        assertThat(top.rankBiasedOverlap()).isGreaterThan(bottom.rankBiasedOverlap());
        assertThat(bottom.sameTopPassage()).isFalse();
    }

    @Test
    void takesOverlappingPassagesOfOneDocumentForTheSame() {
        assertThat(new Sources.Source("a", 0, 10).isSameAs(new Sources.Source("a", 9, 20)))
                .isTrue();
        assertThat(new Sources.Source("a", 0, 10).isSameAs(new Sources.Source("a", 10, 20)))
                .isFalse();
        assertThat(new Sources.Source("a", 0, 10).isSameAs(new Sources.Source("b", 0, 10)))
                .isFalse();
    }

    @Test
    void ofTwoAnswersWithoutPassagesIsOne() {
        assertThat(compare("{\"sources\":[]}", "{\"sources\":[]}").overlapAtK()).isEqualTo(1);
        assertThat(compare("{\"sources\":[]}", answer("a")).overlapAtK()).isZero();
    }

    @Test
    void looksAtNoMorePassagesThanItIsTold() {
        assertThat(Comparison.of(sources(answer("a", "b"), 1), sources(answer("a", "c"), 1))
                        .overlapAtK())
                .isEqualTo(1);
    }

    private static Comparison compare(String one, String other) {
        return Comparison.of(sources(one, 10), sources(other, 10));
    }

    private static Sources sources(String body, int k) {
        return Sources.of(body.getBytes(StandardCharsets.UTF_8), null, k).orElseThrow();
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
