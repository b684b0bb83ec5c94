package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** The current step. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record StepStatus(
        @JsonPropertyDescription("Counted from 0.") @Nullable
        Integer index,

        @JsonPropertyDescription("Its name.") @Size(max = 40) @Nullable
        String name,

        @JsonPropertyDescription("shadow, ab, canary, pause, evaluate or watch.") @Size(max = 16) @Nullable
        String kind,

        @JsonPropertyDescription("For people: 3/7.") @Size(max = 16) @Nullable
        String display,

        @JsonPropertyDescription("When every gateway had applied it; empty before.") @Size(max = 32) @Nullable
        String since,

        @JsonPropertyDescription("Generation of the route that was in force since then.") @Nullable
        Long generation,

        @JsonPropertyDescription("From when the deadline counts; empty while it stands still.")
        @Size(max = 32)
        @Nullable
        String progressAt,

        @JsonPropertyDescription("What counted for the deadline before that.") @Size(max = 32) @Nullable
        String elapsed,

        @JsonPropertyDescription("The last progress seen: samples, or documents indexed.") @Nullable
        Long mark) {}
