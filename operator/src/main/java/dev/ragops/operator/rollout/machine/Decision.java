package dev.ragops.operator.rollout.machine;

import java.time.Duration;
import java.util.List;

/** What is to be written and told, and when to look again at the latest. */
public record Decision(State state, List<Happening> happenings, Duration lookAgain) {
    public Decision {
        happenings = List.copyOf(happenings);
    }
}
