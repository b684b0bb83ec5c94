package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** Counts of one generation of the route. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record EvidenceStatus(
        @JsonPropertyDescription("Generation of the route.") @Nullable
        Long generation,

        @JsonPropertyDescription("When it was collected.") @Size(max = 32) @Nullable
        String at,

        @JsonPropertyDescription("Gateway processes that were counted.") @Nullable
        Integer gateways,

        @JsonPropertyDescription("Times a gateway could not be asked.") @Nullable
        Integer lostIntervals,

        @JsonPropertyDescription("Stable.") @Nullable TrackEvidence stable,
        @JsonPropertyDescription("Candidate.") @Nullable TrackEvidence candidate,
        @JsonPropertyDescription("Control.") @Nullable TrackEvidence control,

        @JsonPropertyDescription("Mirrored pairs.") @Nullable
        ComparisonEvidence comparison,

        @JsonPropertyDescription("Answers that were asked again of stable.") @Nullable
        Long fallbacks) {}
