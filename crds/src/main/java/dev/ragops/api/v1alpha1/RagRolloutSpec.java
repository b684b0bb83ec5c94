package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How users of a RagModel are moved to a new revision. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "self.modelRef == oldSelf.modelRef",
        message = "spec.modelRef cannot change; make another RagRollout")
@ValidationRule(
        value =
                "self.steps.filter(s, has(s.ab) || has(s.canary)).map(s, has(s.ab) ? s.ab.percent : s.canary.weight).isSorted()",
        message = "the candidate's share must never fall from one step to the next")
@ValidationRule(
        value =
                "self.steps.map(s, has(s.ab) && has(s.ab.match) ? size(s.ab.match) : has(s.canary) && has(s.canary.match) ? size(s.canary.match) : 0).sum() <= 8",
        message = "all steps together have at most 8 header matches, because they persist from step to step")
@ValidationRule(
        value = "self.steps.all(s, self.steps.exists_one(t, t.name == s.name))",
        message = "step names must be unique")
public record RagRolloutSpec(
        @JsonPropertyDescription("The RagModel, in the same namespace. Cannot change.") @Required
        ModelSelector modelRef,

        @JsonPropertyDescription("The way from nobody to everybody.") @Required @Size(min = 1, max = 20)
        List<StepSpec> steps,

        @JsonPropertyDescription("How evidence is judged.") @Nullable
        AnalysisSpec analysis,

        @JsonPropertyDescription(
                "What happens when the target moves on mid-way. Restart: begin again with the newest. Queue: finish first; only the newest waits.")
        @Default("Restart")
        @Nullable
        OnNewRevision onNewRevision,

        @JsonPropertyDescription(
                "Longest time without progress, per step; stands still while paused, held, frozen or indexing with progress.")
        @Pattern("^([0-9]+(ms|s|m|h))+$")
        @Size(max = 16)
        @Default("2h")
        @Nullable
        String progressDeadline,

        @JsonPropertyDescription("Ask stable again when the candidate fails, so that users do not see a bad candidate.")
        @Default("true")
        @Nullable
        Boolean fallback,

        @JsonPropertyDescription("How long pods that no track needs stay.")
        @Pattern("^([0-9]+(ms|s|m|h))+$")
        @Size(max = 16)
        @Default("30s")
        @Nullable
        String scaleDownDelay,

        @JsonPropertyDescription("The time after promotion in which a breach takes users back.") @Nullable
        WatchSpec watch,

        @JsonPropertyDescription("What is written onto the registered version.") @Nullable
        WriteBackSpec writeBack,

        @JsonPropertyDescription("A person approves a pause. Written by the ragops-cli field manager, not in Git.")
        @Nullable
        ApprovalIntent approval,

        @JsonPropertyDescription("A person ends an attempt and rejects its candidate.") @Nullable
        AbortIntent abort,

        @JsonPropertyDescription("A person allows a stopped, aborted or rejected revision to try again.") @Nullable
        RetryIntent retry,

        @JsonPropertyDescription("A person promotes the candidate now.") @Nullable
        PromoteIntent promote) {
    public RagRolloutSpec {
        steps = steps == null ? List.of() : List.copyOf(steps);
    }

    /** What a new target does to a running rollout. */
    public enum OnNewRevision {
        @JsonProperty("Restart")
        RESTART,
        @JsonProperty("Queue")
        QUEUE
    }
}
