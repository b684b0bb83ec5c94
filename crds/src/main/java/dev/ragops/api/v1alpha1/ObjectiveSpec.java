package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** A promise to users: a budget of bad events. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ObjectiveSpec(
        @JsonPropertyDescription("Name of the objective.")
        @Required
        @Size(min = 1, max = 40)
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        String name,

        @JsonPropertyDescription("Answers it speaks of: retrieval or generated. Absent: both.")
        @JsonProperty("class")
        @Nullable
        AnswerClass answerClass,

        @JsonPropertyDescription("Share of good answers that is promised, for example 99.5%.")
        @Required
        @Size(max = 8)
        @Pattern("^([0-9]{1,2}(\\.[0-9]{1,3})?|100)%$")
        String target,

        @JsonPropertyDescription("An answer is good if it is faster than this. Absent: if it is no server error.")
        @Pattern("^([0-9]+(ms|s|m|h))+$")
        @Size(max = 16)
        @Nullable
        String threshold) {

    /** Kinds of answers. */
    public enum AnswerClass {
        @JsonProperty("retrieval")
        RETRIEVAL,
        @JsonProperty("generated")
        GENERATED
    }
}
