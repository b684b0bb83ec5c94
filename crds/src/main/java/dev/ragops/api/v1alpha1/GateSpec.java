package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** A check on a version's metric. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(value = "has(self.min) || has(self.max)", message = "a gate needs min, max or both")
public record GateSpec(
        @JsonPropertyDescription("Name of the metric in MLflow, for example ndcg_at_10.")
        @Required
        @Size(min = 1, max = 250)
        String metric,

        @JsonPropertyDescription("Smallest value that passes, a decimal as string.")
        @Size(max = 32)
        @Pattern("^-?[0-9]+(\\.[0-9]+)?$")
        @Nullable
        String min,

        @JsonPropertyDescription("Largest value that passes, a decimal as string.")
        @Size(max = 32)
        @Pattern("^-?[0-9]+(\\.[0-9]+)?$")
        @Nullable
        String max) {}
