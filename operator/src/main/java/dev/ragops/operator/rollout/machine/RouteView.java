package dev.ragops.operator.rollout.machine;

import java.util.List;
import java.util.Optional;

/**
 * The route as it was applied, the echo a rollout waits for.
 *
 * @param appliedSeq the {@link Traffic#seq()} it realises
 * @param verified whether every gateway pod has said that it applied {@code generation}
 * @param lagging gateway pods that have not
 */
public record RouteView(
        long generation,
        long appliedSeq,
        Optional<String> stable,
        Optional<String> candidate,
        boolean verified,
        List<String> lagging) {
    public static final RouteView NONE = new RouteView(0, 0, Optional.empty(), Optional.empty(), false, List.of());

    public RouteView {
        lagging = List.copyOf(lagging);
    }

    /** Whether what {@code traffic} asks is in force everywhere. */
    public boolean echoes(Traffic traffic) {
        return verified && appliedSeq >= traffic.seq();
    }
}
