package dev.ragops.operator.rollout.judge;

import dev.ragops.operator.rollout.evidence.Counters;
import java.math.BigDecimal;
import java.time.Duration;

/** A promise to users, read as a budget of bad events. */
public sealed interface Objective {
    String name();

    /** {@code retrieval}, {@code generated}, or empty for both. */
    String answerClass();

    /** The share of good events that is promised, in percent. */
    BigDecimal targetPercent();

    /** Whether the gateways count it; one they do not know yet must not pass as good. */
    boolean isCountedIn(Counters counters);

    /** Bad events among those counted. */
    long bad(Counters counters);

    /** The share of bad events that is allowed, 0 to 1. */
    default double budget() {
        return BigDecimal.ONE.subtract(targetPercent().movePointLeft(2)).doubleValue();
    }

    record Availability(String name, String answerClass, BigDecimal targetPercent) implements Objective {
        @Override
        public boolean isCountedIn(Counters counters) {
            return true;
        }

        @Override
        public long bad(Counters counters) {
            return counters.errors();
        }
    }

    record Latency(String name, String answerClass, BigDecimal targetPercent, Duration threshold) implements Objective {
        @Override
        public boolean isCountedIn(Counters counters) {
            return counters.slow().containsKey(name);
        }

        @Override
        public long bad(Counters counters) {
            return counters.slow().getOrDefault(name, 0L);
        }
    }
}
