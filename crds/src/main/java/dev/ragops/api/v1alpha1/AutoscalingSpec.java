package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** Bounds and target of the HorizontalPodAutoscaler. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(value = "self.minReplicas <= self.maxReplicas", message = "minReplicas must not be above maxReplicas")
public record AutoscalingSpec(
        @JsonPropertyDescription("Never fewer pods than this.") @Required @Min(1) @Max(100)
        Integer minReplicas,

        @JsonPropertyDescription("Never more pods than this.") @Required @Min(1) @Max(100)
        Integer maxReplicas,

        @JsonPropertyDescription("Average CPU use, in percent of the request, that is aimed at.")
        @Min(1)
        @Max(100)
        @Default("70")
        @Nullable
        Integer targetCPUUtilization) {}
