package dev.ragops.operator;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes conditions whose transition time is kept as long as their status stays the same. */
public record Transitions(List<Condition> before, @Nullable Long generation, Instant now) {
    /** Kubernetes allows 32 KiB; with eight conditions in a status of {@link StatusBudget} none may tell a novel. */
    private static final int MAX_MESSAGE = 1024;

    public Transitions {
        before = List.copyOf(before);
    }

    public Condition condition(String type, String status, String reason, String message) {
        String since = before.stream()
                .filter(old -> type.equals(old.getType()) && status.equals(old.getStatus()))
                .map(Condition::getLastTransitionTime)
                .findFirst()
                .orElse(now.truncatedTo(ChronoUnit.SECONDS).toString());
        return new ConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason.isEmpty() ? "Unknown" : reason)
                .withMessage(StatusBudget.cut(message, MAX_MESSAGE))
                .withObservedGeneration(generation)
                .withLastTransitionTime(since)
                .build();
    }
}
