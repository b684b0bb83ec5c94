package dev.ragops.operator.model;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Lets a few gateways roll at a time: an upgrade of the operator changes the gateway of every model, and must not restart all of a cluster's at once. */
final class GatewayTurns {
    /** What the pod was rendered from, so that a change is known before it is made. */
    static final String CONTENT = "ragops.dev/content";

    private static final int AT_ONCE = 5;
    /** One that cannot roll (an image that is not there) must not hold up the others for ever. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Clock clock;
    private final Map<String, Instant> rolling = new HashMap<>();

    GatewayTurns(Clock clock) {
        this.clock = clock;
    }

    /**
     * Whether this gateway may be brought to what it should be now.
     *
     * @param key of the model
     * @param present as the cache shows it; a new one need not wait
     */
    synchronized boolean may(String key, Optional<Deployment> present, String content) {
        if (present.isEmpty()) {
            return true;
        }
        Map<String, String> annotations = present.get().getMetadata().getAnnotations();
        if (annotations != null && content.equals(annotations.get(CONTENT))) {
            if (hasRolled(present.get())) {
                rolling.remove(key);
            }
            return true;
        }
        Instant now = clock.instant();
        rolling.values().removeIf(since -> since.plus(PATIENCE).isBefore(now));
        if (!rolling.containsKey(key) && rolling.size() >= AT_ONCE) {
            return false;
        }
        rolling.putIfAbsent(key, now);
        return true;
    }

    synchronized void forget(String key) {
        rolling.remove(key);
    }

    private static boolean hasRolled(Deployment deployment) {
        DeploymentStatus status = deployment.getStatus();
        int wanted = Objects.requireNonNullElse(deployment.getSpec().getReplicas(), 1);
        return status != null
                && Objects.requireNonNullElse(status.getObservedGeneration(), 0L)
                        >= Objects.requireNonNullElse(deployment.getMetadata().getGeneration(), 0L)
                && Objects.requireNonNullElse(status.getUpdatedReplicas(), 0) >= wanted
                && Objects.requireNonNullElse(status.getAvailableReplicas(), 0) >= wanted
                && Objects.requireNonNullElse(status.getReplicas(), 0) <= wanted;
    }
}
