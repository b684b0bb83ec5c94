package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** How answers are made. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "!has(self.kind) || self.kind != 'generated' || has(self.generator)",
        message = "kind generated needs generator")
public record GenerationSpec(
        @JsonPropertyDescription(
                "extractive: sentences of the sources. generated: a language model, falling back to extractive.")
        @Nullable
        Kind kind,

        @JsonPropertyDescription("Sentences of an extractive answer.") @Min(1) @Max(20) @Nullable
        Integer maxSentences,

        @JsonPropertyDescription("The OpenAI-compatible endpoint; needed for generated.") @Nullable
        GeneratorSpec generator) {

    /** How an answer is made. */
    public enum Kind {
        @JsonProperty("extractive")
        EXTRACTIVE,
        @JsonProperty("generated")
        GENERATED
    }
}
