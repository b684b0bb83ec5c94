package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A person ends an attempt. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record AbortIntent(
        @JsonPropertyDescription("Candidate that is meant.") @Required @Size(min = 1, max = 63)
        String revision,

        @JsonPropertyDescription("Attempt that is meant.") @Required
        Integer attempt) {}
