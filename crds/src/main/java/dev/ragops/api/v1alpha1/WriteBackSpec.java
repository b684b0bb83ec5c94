package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import org.jspecify.annotations.Nullable;

/** What is written onto the registered version. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record WriteBackSpec(
        @JsonPropertyDescription("Write the outcome as tags ragops.NAMESPACE.NAME.outcome and so on.")
        @Default("true")
        @Nullable
        Boolean tags) {}
