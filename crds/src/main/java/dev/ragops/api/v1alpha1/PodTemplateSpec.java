package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The allow-list of what may be said of pods: no other account, image, privilege or host path. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record PodTemplateSpec(
        @JsonPropertyDescription("More labels. Those of app.kubernetes.io and ragops.dev stay ours.")
        Map<String, String> labels,

        @JsonPropertyDescription("More annotations.") Map<String, String> annotations,
        @JsonPropertyDescription("Labels a node must have.") Map<String, String> nodeSelector,

        @JsonPropertyDescription("Taints that are tolerated.") @Size(max = 16)
        List<Toleration> tolerations,

        @JsonPropertyDescription("Affinity of the pods.") @Nullable
        Affinity affinity,

        @JsonPropertyDescription("How pods spread. Default: over nodes, if possible.") @Size(max = 8)
        List<TopologySpreadConstraint> topologySpreadConstraints,

        @JsonPropertyDescription("Priority class of the pods.") @Size(max = 253) @Nullable
        String priorityClassName,

        @JsonPropertyDescription("More environment variables. Names that begin with RAGOPS_ stay ours.") @Size(max = 32)
        List<EnvironmentVariable> env) {
    public PodTemplateSpec {
        labels = labels == null ? Map.of() : Map.copyOf(labels);
        annotations = annotations == null ? Map.of() : Map.copyOf(annotations);
        nodeSelector = nodeSelector == null ? Map.of() : Map.copyOf(nodeSelector);
        tolerations = tolerations == null ? List.of() : List.copyOf(tolerations);
        topologySpreadConstraints =
                topologySpreadConstraints == null ? List.of() : List.copyOf(topologySpreadConstraints);
        env = env == null ? List.of() : List.copyOf(env);
    }
}
