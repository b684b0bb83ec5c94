package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** How requests are shared. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record SplitStatus(
        @JsonPropertyDescription("none, shadow, split or control.") @Required
        Kind kind,

        @JsonPropertyDescription("Share in percent.") @Required @Size(max = 8)
        String percent) {

    /** How the share reaches the other track. */
    public enum Kind {
        @JsonProperty("none")
        NONE,
        @JsonProperty("shadow")
        SHADOW,
        @JsonProperty("split")
        SPLIT,
        @JsonProperty("control")
        CONTROL
    }
}
