package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** Waiting. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record PauseSpec(
        @JsonPropertyDescription("Go on by itself after this time. Absent: wait for an approval.")
        @Pattern("^([0-9]+(ms|s|m|h))+$")
        @Size(max = 16)
        @Nullable
        String duration) {}
