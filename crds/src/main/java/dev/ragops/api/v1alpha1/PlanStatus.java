package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.ragops.api.v1alpha1.RagRolloutSpec.OnNewRevision;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The plan as copied at the start of an attempt. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record PlanStatus(
        @JsonPropertyDescription("The steps.") @Size(max = 20)
        List<StepSpec> steps,

        @JsonPropertyDescription("How evidence is judged.") @Nullable
        AnalysisSpec analysis,

        @JsonPropertyDescription("The watch.") @Nullable WatchSpec watch,

        @JsonPropertyDescription("What a new target does to it.") @Nullable
        OnNewRevision onNewRevision,

        @JsonPropertyDescription("Longest time without progress.") @Size(max = 16) @Nullable
        String progressDeadline,

        @JsonPropertyDescription("Whether stable is asked again.") @Nullable
        Boolean fallback,

        @JsonPropertyDescription("Ready pods of stable at that time: the floor.") @Nullable
        Integer replicas,

        @JsonPropertyDescription("When the attempt began.") @Size(max = 32) @Nullable
        String startedAt) {
    public PlanStatus {
        steps = steps == null ? List.of() : List.copyOf(steps);
    }
}
