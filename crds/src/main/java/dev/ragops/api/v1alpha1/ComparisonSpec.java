package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** A bound on how the two tracks' answers may differ. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(value = "has(self.min) != has(self.max)", message = "set exactly one of min and max of a comparison")
public record ComparisonSpec(
        @JsonPropertyDescription("What is compared.") @Required
        Metric metric,

        @JsonPropertyDescription("Smallest value that passes, a decimal as string.")
        @Size(max = 32)
        @Pattern("^-?[0-9]+(\\.[0-9]+)?$")
        @Nullable
        String min,

        @JsonPropertyDescription("Largest value that passes, a decimal as string.")
        @Size(max = 32)
        @Pattern("^-?[0-9]+(\\.[0-9]+)?$")
        @Nullable
        String max) {

    /** What can be compared. */
    public enum Metric {
        @JsonProperty("overlapAtK")
        OVERLAP_AT_K,
        @JsonProperty("rankBiasedOverlap")
        RANK_BIASED_OVERLAP,
        @JsonProperty("sameTopPassage")
        SAME_TOP_PASSAGE,
        @JsonProperty("latencyP95Ratio")
        LATENCY_P95_RATIO
    }
}
