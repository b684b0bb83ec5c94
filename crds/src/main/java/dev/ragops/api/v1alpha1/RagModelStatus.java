package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a RagModel is. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record RagModelStatus(
        @JsonPropertyDescription("Generation of the spec this status speaks of.") @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("The revision that should become stable.") @Nullable
        TargetStatus target,

        @JsonPropertyDescription("Revisions and where they stand.") @Size(max = 64)
        List<RevisionStatus> revisions,

        @JsonPropertyDescription("The RagRollout that decides; the oldest one that names this model.") @Nullable
        RolloutReference rolloutRef,

        @JsonPropertyDescription("Who gets what, and whether every gateway applied it.") @Nullable
        RouteStatus route,

        @JsonPropertyDescription("Addresses for clients.") @Nullable
        EndpointsStatus endpoints,

        @JsonPropertyDescription("Ready pods of the stable revision.") @StatusReplicas @Nullable
        Integer replicas,

        @JsonPropertyDescription("Selector of the pods, for kubectl scale and autoscalers.")
        @LabelSelector
        @Size(max = 512)
        @Nullable
        String selector,

        @JsonPropertyDescription(
                "Ready, Reconciling, Stalled (kstatus), Resolved, GatesPassed, RouteApplied, RollbackReady.")
        @Size(max = 16)
        List<Condition> conditions) {
    public RagModelStatus {
        revisions = revisions == null ? List.of() : List.copyOf(revisions);
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
    }
}
