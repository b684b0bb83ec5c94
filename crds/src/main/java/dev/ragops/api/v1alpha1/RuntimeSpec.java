package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import org.jspecify.annotations.Nullable;

/** The pods that answer. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "!(has(self.replicas) && has(self.autoscaling))",
        message = "set replicas or autoscaling, not both")
public record RuntimeSpec(
        @JsonPropertyDescription("Image of the runtime. Default: the operator's, pinned into the revision.")
        @Size(min = 1, max = 512)
        @Nullable
        String image,

        @JsonPropertyDescription("Pods of the stable revision (default 1).") @SpecReplicas @Min(0) @Max(100) @Nullable
        Integer replicas,

        @JsonPropertyDescription("Let a HorizontalPodAutoscaler choose the number of pods.") @Nullable
        AutoscalingSpec autoscaling,

        @JsonPropertyDescription(
                "CPU and memory of a runtime pod. Default: requests 250m and 384Mi, memory limit 512Mi.")
        @Nullable
        ResourceRequirements resources,

        @JsonPropertyDescription(
                "A volume that keeps bundles by digest, so that a pod starts while the registry is down.")
        @Nullable
        BundleCacheSpec bundleCache,

        @JsonPropertyDescription("What else may be said of the pods. An allow-list.") @Nullable
        PodTemplateSpec podTemplate) {}
