package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a rollout stands. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record RagRolloutStatus(
        @JsonPropertyDescription("Generation of the spec this status speaks of.") @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("Where the rollout stands.") @Size(max = 32) @PrinterColumn(name = "Phase") @Nullable
        String phase,

        @JsonPropertyDescription("Why, in one word.") @Size(max = 64) @Nullable
        String reason,

        @JsonPropertyDescription("Why, in a sentence.") @Size(max = 1024) @Nullable
        String message,

        @JsonPropertyDescription("The RagModel this status speaks of.") @Size(max = 64) @Nullable
        String modelUid,

        @JsonPropertyDescription("Counts the candidates that were tried.") @Nullable
        Integer attempt,

        @JsonPropertyDescription("What was copied from the spec when the attempt began.") @Nullable
        PlanStatus plan,

        @JsonPropertyDescription("The current step.") @Nullable
        StepStatus step,

        @JsonPropertyDescription("The revision that users can rely on.") @Nullable
        RevisionReference stable,

        @JsonPropertyDescription("The revision on trial.") @Nullable
        RevisionReference candidate,

        @JsonPropertyDescription("During a watch, the revision that users would go back to.") @Nullable
        RevisionReference previous,

        @JsonPropertyDescription("The newest target that waits.") @Nullable
        RevisionReference queued,

        @JsonPropertyDescription("What the RagModel is asked to realise.") @Nullable
        TrafficStatus traffic,

        @JsonPropertyDescription("Counts of the current generation of the route.") @Nullable
        EvidenceStatus evidence,

        @JsonPropertyDescription("The last findings.") @Size(max = 40)
        List<VerdictStatus> verdicts,

        @JsonPropertyDescription("What happened, newest first.") @Size(max = 20)
        List<HistoryEntry> history,

        @JsonPropertyDescription("Revisions that may not become candidate again without a retry.") @Size(max = 32)
        List<RejectedRevision> rejected,

        @JsonPropertyDescription("Why the attempt ends or ended.") @Nullable
        WithdrawalStatus withdrawal,

        @JsonPropertyDescription("What a person asked for, as seen.") @Nullable
        IntentsStatus intents,

        @JsonPropertyDescription("Ready, Reconciling, Stalled (kstatus), Suspended.") @Size(max = 16)
        List<Condition> conditions) {
    public RagRolloutStatus {
        verdicts = verdicts == null ? List.of() : List.copyOf(verdicts);
        history = history == null ? List.of() : List.copyOf(history);
        rejected = rejected == null ? List.of() : List.copyOf(rejected);
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
    }
}
