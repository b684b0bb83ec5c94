package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** One stage: exactly one of shadow, ab, canary, pause, evaluate. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value =
                "[has(self.shadow), has(self.ab), has(self.canary), has(self.pause), has(self.evaluate)].exists_one(x, x)",
        message = "a step has exactly one of shadow, ab, canary, pause, evaluate")
@ValidationRule(
        value = "!has(self.pause) || !has(self.minSamples)",
        message = "a pause counts no samples; leave minSamples out")
public record StepSpec(
        @JsonPropertyDescription("Name of the step.")
        @Required
        @Size(min = 1, max = 40)
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        String name,

        @JsonPropertyDescription("Mirror reads to the candidate; users keep stable's answers.") @Nullable
        ShadowSpec shadow,

        @JsonPropertyDescription("A fixed group meets the candidate.") @Nullable
        AbSpec ab,

        @JsonPropertyDescription("A growing share meets the candidate.") @Nullable
        CanarySpec canary,

        @JsonPropertyDescription("Wait for an approval, or for a time.") @Nullable
        PauseSpec pause,

        @JsonPropertyDescription("Judge what was seen, without changing the split.") @Nullable
        EvaluateSpec evaluate,

        @JsonPropertyDescription("How long at least, from the moment every gateway applied the step.")
        @Pattern("^([0-9]+(ms|s|m|h))+$")
        @Size(max = 16)
        @Nullable
        String duration,

        @JsonPropertyDescription("How many judged events of the candidate at least.") @Min(0) @Max(10000000) @Nullable
        Integer minSamples) {}
