package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** A finding. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record VerdictStatus(
        @JsonPropertyDescription("Objective, comparison or Prometheus check.") @Required @Size(max = 64)
        String check,

        @JsonPropertyDescription("Pass, Fail, Inconclusive or NoData.") @Required @Size(max = 16)
        String ruling,

        @JsonPropertyDescription("The numbers, in words.") @Size(max = 512) @Nullable
        String detail,

        @JsonPropertyDescription("Events it rests on.") @Nullable
        Long samples) {}
