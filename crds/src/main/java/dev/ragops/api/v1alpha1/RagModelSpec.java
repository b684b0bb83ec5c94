package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a RagModel should be. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "!has(oldSelf.documents) || (has(self.documents) && self.documents == oldSelf.documents)",
        message =
                "spec.documents cannot change once set: documents would be lost; make another RagModel and ingest there")
public record RagModelSpec(
        @JsonPropertyDescription("Where models are registered.") @Required
        RegistrySpec registry,

        @JsonPropertyDescription("Which registered model, and which of its versions.") @Required
        ModelReference model,

        @JsonPropertyDescription(
                "How a new revision takes over. Rollout: stable changes only by the decision of a RagRollout. Direct: a ready new revision takes over by itself.")
        @Default("Rollout")
        @Nullable
        Promotion promotion,

        @JsonPropertyDescription(
                "Checks on a version's metrics; a version that fails one, or lacks its metric, never gets a pod.")
        @Size(max = 16)
        List<GateSpec> gates,

        @JsonPropertyDescription("The pods that answer.") @Nullable
        RuntimeSpec runtime,

        @JsonPropertyDescription(
                "Where ingested documents are kept. Absent: only what the bundle ships, and /ingest answers 405. Once set it cannot change.")
        @Nullable
        DocumentsSpec documents,

        @JsonPropertyDescription("Overrides of the bundle's rag.yaml. Part of the revision: a change makes a new one.")
        @Nullable
        ConfigSpec config,

        @JsonPropertyDescription("The pods that clients talk to.") @Nullable
        GatewaySpec gateway,

        @JsonPropertyDescription("What users are promised. Rollouts are judged by it.") @Size(max = 8)
        List<ObjectiveSpec> objectives,

        @JsonPropertyDescription("How many revisions that nobody uses any more are kept.")
        @Min(1)
        @Max(50)
        @Default("10")
        @Nullable
        Integer revisionHistoryLimit,

        @JsonPropertyDescription("Stops starts and advances. Rollback, abort and repair always run.")
        @Default("false")
        @Nullable
        Boolean paused,

        @JsonPropertyDescription(
                "Which operator installation takes care of this model (its chart value controllerName); every other one leaves it alone.")
        @Pattern("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")
        @Default("ragops")
        @Nullable
        String controllerName) {
    public RagModelSpec {
        gates = gates == null ? List.of() : List.copyOf(gates);
        objectives = objectives == null ? List.of() : List.copyOf(objectives);
    }

    /** How a new revision takes over. */
    public enum Promotion {
        @JsonProperty("Rollout")
        ROLLOUT,
        @JsonProperty("Direct")
        DIRECT
    }
}
