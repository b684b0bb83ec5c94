package dev.ragops.runtime.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.runtime.search.Filter.Operator;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterMatcherTest {
    private static final Map<String, Object> METADATA =
            Map.of("year", 2024, "price", 9.5, "team", "search", "draft", false, "tags", List.of("a", "b"));

    private static boolean matches(Operator operator, String key, Object value) {
        return FilterMatcher.matches(new Filter.Comparison(operator, key, value), METADATA);
    }

    @ParameterizedTest
    @CsvSource({
        "EQ,2024,true",
        "EQ,2025,false",
        "NE,2025,true",
        "GT,2023,true",
        "GT,2024,false",
        "GTE,2024,true",
        "LT,2025,true",
        "LT,2024,false",
        "LTE,2024,true",
        "LTE,2023,false"
    })
    void numbers_compare_by_value(Operator operator, int value, boolean expected) {
        assertThat(matches(operator, "year", value)).isEqualTo(expected);
        assertThat(matches(operator, "year", (double) value)).isEqualTo(expected);
    }

    /** Against decimal arithmetic, where doubles lose digits and longs end. */
    @Test
    void any_two_numbers_compare_as_decimals_do() {
        List<Number> numbers = List.of(
                0L,
                -0.0,
                0.5,
                -0.5,
                1L,
                1.0,
                1.5,
                -2L,
                (1L << 53) - 1,
                1L << 53,
                (1L << 53) + 1,
                0x1p53,
                0x1p53 + 2,
                Long.MAX_VALUE,
                Long.MIN_VALUE,
                0x1p63,
                -0x1p63,
                1e300,
                -1e300,
                1e-300);
        for (Number a : numbers) {
            for (Number b : numbers) {
                int sign = decimal(a).compareTo(decimal(b));
                assertThat(passes(Operator.EQ, a, b)).as(a + " = " + b).isEqualTo(sign == 0);
                assertThat(passes(Operator.IN, a, List.of("x", b)))
                        .as(a + " in " + b)
                        .isEqualTo(sign == 0);
                assertThat(passes(Operator.LT, a, b)).as(a + " < " + b).isEqualTo(sign < 0);
                assertThat(passes(Operator.GTE, a, b)).as(a + " >= " + b).isEqualTo(sign >= 0);
            }
        }
        assertThat(passes(Operator.LT, Long.MAX_VALUE, Double.POSITIVE_INFINITY))
                .isTrue();
        assertThat(passes(Operator.GT, 1e300, Double.NEGATIVE_INFINITY)).isTrue();
    }

    private static boolean passes(Operator operator, Number value, Object wanted) {
        return FilterMatcher.matches(new Filter.Comparison(operator, "n", wanted), Map.of("n", value));
    }

    private static BigDecimal decimal(Number number) {
        return number instanceof Double x ? new BigDecimal(x) : BigDecimal.valueOf(number.longValue());
    }

    @Test
    void strings_and_booleans_compare_within_their_type() {
        assertThat(matches(Operator.EQ, "team", "search")).isTrue();
        assertThat(matches(Operator.GT, "team", "apple")).isTrue();
        assertThat(matches(Operator.EQ, "draft", false)).isTrue();
        assertThat(matches(Operator.EQ, "year", "2024")).isFalse();
        assertThat(matches(Operator.GT, "team", 1)).isFalse();
    }

    @Test
    void a_missing_key_matches_only_the_negative_operators() {
        for (Operator operator : Operator.values()) {
            boolean negative = operator == Operator.NE || operator == Operator.NIN;
            assertThat(matches(operator, "absent", List.of(1)))
                    .as(operator.name())
                    .isEqualTo(negative);
        }
    }

    @Test
    void a_list_matches_by_any_of_its_elements() {
        assertThat(matches(Operator.EQ, "tags", "b")).isTrue();
        assertThat(matches(Operator.NE, "tags", "b")).isFalse();
        assertThat(matches(Operator.IN, "tags", List.of("b", "z"))).isTrue();
        assertThat(matches(Operator.NIN, "tags", List.of("y", "z"))).isTrue();
        assertThat(matches(Operator.IN, "year", List.of(2024.0))).isTrue();
    }

    @Test
    void and_wants_all_or_wants_one() {
        Filter yes = new Filter.Comparison(Operator.EQ, "team", "search");
        Filter no = new Filter.Comparison(Operator.EQ, "team", "ads");
        assertThat(FilterMatcher.matches(new Filter.And(List.of(yes, no)), METADATA))
                .isFalse();
        assertThat(FilterMatcher.matches(new Filter.Or(List.of(yes, no)), METADATA))
                .isTrue();
        assertThat(FilterMatcher.matches(new Filter.And(List.of()), METADATA)).isTrue();
        assertThat(FilterMatcher.matches(new Filter.Or(List.of()), METADATA)).isFalse();
    }
}
