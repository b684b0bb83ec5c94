package dev.ragops.operator.model;

import dev.ragops.api.v1alpha1.RagModelSpec;
import dev.ragops.api.v1alpha1.RagModelStatus;
import dev.ragops.operator.route.Route;
import dev.ragops.operator.route.RouteFile;
import java.time.Duration;

/** Says how soon a model is looked at again, and how often its pods are asked, where no news comes: the more moves, the sooner. */
final class Pace {
    private static final Duration BUSY = Duration.ofSeconds(10);
    private static final Duration ROLLING = Duration.ofMinutes(1);
    private static final Duration CALM = Duration.ofMinutes(5);
    private static final Duration MOVING = Duration.ofSeconds(2);
    private static final Duration SETTLED = Duration.ofSeconds(30);

    private Pace() {}

    static Duration ofLooking(RagModelSpec spec, Plan plan, RagModelStatus status, Realiser.Result result) {
        boolean waiting = result == Realiser.Result.WAITING
                || plan.file()
                        .map(file -> !file.memory().unusedSince().isEmpty())
                        .orElse(false);
        boolean unsettled = status.conditions().stream()
                .anyMatch(c -> c.getType().equals("Ready") && !c.getStatus().equals("True"));
        boolean rolling = plan.file()
                .map(RouteFile::route)
                .map(route -> route.candidate() != null || route.control() != null)
                .orElse(false);
        Duration calm = Keys.source(spec).isPresent() ? Keys.TRUST_WITH_API_KEYS : CALM;
        return waiting || unsettled ? BUSY : rolling ? ROLLING : calm;
    }

    /** Where something moves or is compared, what the pods say is news; else a look now and then finds what is not as it should be. */
    static Duration ofAsking(Observation seen, Route route) {
        boolean settled = route.candidate() == null
                && route.control() == null
                && seen.revisions().stream()
                        .filter(Revisioned::deployed)
                        .allMatch(r -> r.readyReplicas() >= r.desiredReplicas());
        return settled ? SETTLED : MOVING;
    }
}
