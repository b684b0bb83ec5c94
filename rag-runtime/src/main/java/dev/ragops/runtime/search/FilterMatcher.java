package dev.ragops.runtime.search;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a document's metadata passes a {@link Filter}. Made once of a filter and asked of each document, so that
 * nothing is parsed or searched twice. Pure; types that cannot be compared do not match.
 */
public final class FilterMatcher {
    /** No long is as large; the least is this, negative. */
    private static final double BEYOND_LONG = 0x1p63;

    private FilterMatcher() {}

    /** @return what is true of the metadata that passes */
    public static Predicate<Map<String, Object>> of(Filter filter) {
        return switch (filter) {
            case Filter.And and -> {
                List<Predicate<Map<String, Object>>> parts =
                        and.filters().stream().map(FilterMatcher::of).toList();
                yield metadata -> parts.stream().allMatch(part -> part.test(metadata));
            }
            case Filter.Or or -> {
                List<Predicate<Map<String, Object>>> parts =
                        or.filters().stream().map(FilterMatcher::of).toList();
                yield metadata -> parts.stream().anyMatch(part -> part.test(metadata));
            }
            case Filter.Comparison comparison -> {
                String key = comparison.key();
                Predicate<Object> passes = passes(comparison);
                boolean negative =
                        comparison.operator() == Filter.Operator.NE || comparison.operator() == Filter.Operator.NIN;
                yield metadata -> any(metadata.get(key), passes) != negative;
            }
        };
    }

    public static boolean matches(Filter filter, Map<String, Object> metadata) {
        return of(filter).test(metadata);
    }

    private static boolean any(@Nullable Object actual, Predicate<Object> passes) {
        if (actual == null) {
            return false;
        }
        return actual instanceof List<?> list ? list.stream().anyMatch(passes) : passes.test(actual);
    }

    /** What one value must be; of the negative operators, what it must not be. */
    private static Predicate<Object> passes(Filter.Comparison comparison) {
        Object wanted = comparison.value();
        return switch (comparison.operator()) {
            case EQ, NE, IN, NIN -> {
                Set<Object> among = wanted instanceof List<?> list
                        ? list.stream().map(FilterMatcher::canonical).collect(Collectors.toUnmodifiableSet())
                        : Set.of(canonical(wanted));
                yield value -> among.contains(canonical(value));
            }
            case GT -> ordered(wanted, 1, 1);
            case GTE -> ordered(wanted, 0, 1);
            case LT -> ordered(wanted, -1, -1);
            case LTE -> ordered(wanted, -1, 0);
        };
    }

    private static Predicate<Object> ordered(Object wanted, int least, int most) {
        return switch (wanted) {
            case Number number -> value -> value instanceof Number other && within(compare(other, number), least, most);
            case String text ->
                value -> value instanceof String other && within(Integer.signum(other.compareTo(text)), least, most);
            default -> _ -> false;
        };
    }

    private static boolean within(int sign, int least, int most) {
        return sign >= least && sign <= most;
    }

    /** Equal numbers are one object by it (1 is 1.0); everything else is itself. */
    private static Object canonical(Object value) {
        return switch (value) {
            case Double number
            when number == Math.rint(number) && number >= -BEYOND_LONG && number < BEYOND_LONG -> number.longValue();
            case Double number -> number;
            case Number number -> number.longValue();
            default -> value;
        };
    }

    private static int compare(Number a, Number b) {
        if (a instanceof Double x) {
            return b instanceof Double y ? sign(x, y) : -mixed(b.longValue(), x);
        }
        return b instanceof Double y ? mixed(a.longValue(), y) : Long.compare(a.longValue(), b.longValue());
    }

    /** Exact, also where a double has no room for the last digits. */
    private static int mixed(long a, double b) {
        if (b >= BEYOND_LONG) {
            return -1;
        }
        if (b < -BEYOND_LONG) {
            return 1;
        }
        int whole = Long.compare(a, (long) b);
        return whole == 0 ? sign(0, b - (long) b) : whole;
    }

    private static int sign(double a, double b) {
        return a < b ? -1 : a > b ? 1 : 0;
    }
}
