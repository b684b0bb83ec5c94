package dev.ragops.operator.rollout.plan;

import java.math.BigDecimal;

/** A limit of a number: not below, or not above. */
public sealed interface Bound {
    boolean holds(double value);

    record AtLeast(BigDecimal limit) implements Bound {
        @Override
        public boolean holds(double value) {
            return value >= limit.doubleValue();
        }

        @Override
        public String toString() {
            return "at least " + limit.toPlainString();
        }
    }

    record AtMost(BigDecimal limit) implements Bound {
        @Override
        public boolean holds(double value) {
            return value <= limit.doubleValue();
        }

        @Override
        public String toString() {
            return "at most " + limit.toPlainString();
        }
    }
}
