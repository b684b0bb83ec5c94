package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** Mirrored pairs. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ComparisonEvidence(
        @JsonPropertyDescription("Pairs compared.") @Nullable
        Long pairs,

        @JsonPropertyDescription("Mean share of common passages.") @Size(max = 16) @Nullable
        String overlapAtK,

        @JsonPropertyDescription("Mean rank-biased overlap.") @Size(max = 16) @Nullable
        String rankBiasedOverlap,

        @JsonPropertyDescription("Share of pairs with the same first passage.") @Size(max = 16) @Nullable
        String sameTopPassage,

        @JsonPropertyDescription("Mean latency difference, candidate minus stable.") @Size(max = 24) @Nullable
        String latencyDifferenceMillis) {}
