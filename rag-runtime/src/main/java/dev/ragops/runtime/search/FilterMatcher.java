package dev.ragops.runtime.search;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides whether a document's metadata passes a {@link Filter}. Pure; types that cannot be compared do not match. */
public final class FilterMatcher {
    private FilterMatcher() {}

    public static boolean matches(Filter filter, Map<String, Object> metadata) {
        return switch (filter) {
            case Filter.And and -> and.filters().stream().allMatch(part -> matches(part, metadata));
            case Filter.Or or -> or.filters().stream().anyMatch(part -> matches(part, metadata));
            case Filter.Comparison comparison -> compare(comparison, metadata.get(comparison.key()));
        };
    }

    private static boolean compare(Filter.Comparison comparison, @Nullable Object actual) {
        Object wanted = comparison.value();
        return switch (comparison.operator()) {
            case EQ -> any(actual, value -> same(value, wanted));
            case NE -> !any(actual, value -> same(value, wanted));
            case IN -> any(actual, value -> among(value, wanted));
            case NIN -> !any(actual, value -> among(value, wanted));
            case GT -> any(actual, value -> ordered(value, wanted, 1, 1));
            case GTE -> any(actual, value -> ordered(value, wanted, 0, 1));
            case LT -> any(actual, value -> ordered(value, wanted, -1, -1));
            case LTE -> any(actual, value -> ordered(value, wanted, -1, 0));
        };
    }

    private interface Test {
        boolean passes(Object value);
    }

    private static boolean any(@Nullable Object actual, Test test) {
        if (actual == null) {
            return false;
        }
        return actual instanceof List<?> list ? list.stream().anyMatch(test::passes) : test.passes(actual);
    }

    private static boolean among(Object value, Object wanted) {
        return wanted instanceof List<?> list ? list.stream().anyMatch(one -> same(value, one)) : same(value, wanted);
    }

    /** Numbers by value (1 is 1.0), everything else by equality within one type. */
    private static boolean same(Object a, Object b) {
        return a instanceof Number x && b instanceof Number y ? number(x).compareTo(number(y)) == 0 : a.equals(b);
    }

    private static boolean ordered(Object value, Object wanted, int least, int most) {
        int sign;
        if (value instanceof Number x && wanted instanceof Number y) {
            sign = number(x).compareTo(number(y));
        } else if (value instanceof String x && wanted instanceof String y) {
            sign = Integer.signum(x.compareTo(y));
        } else {
            return false;
        }
        return sign >= least && sign <= most;
    }

    private static BigDecimal number(Number number) {
        return number instanceof BigDecimal exact ? exact : new BigDecimal(number.toString());
    }
}
