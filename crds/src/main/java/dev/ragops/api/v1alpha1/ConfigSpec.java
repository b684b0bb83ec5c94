package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** Overrides of the bundle's rag.yaml. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ConfigSpec(
        @JsonPropertyDescription("How passages are found.") @Nullable
        RetrievalSpec retrieval,

        @JsonPropertyDescription("How answers are made.") @Nullable
        GenerationSpec generation) {}
