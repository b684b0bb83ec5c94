package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** The revision that should become stable. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record TargetStatus(
        @JsonPropertyDescription("Its name.") @Size(max = 63) @Nullable
        String revision,

        @JsonPropertyDescription("Registered version.") @Size(max = 20) @Nullable
        String version,

        @JsonPropertyDescription("Run of the version.") @Size(max = 64) @Nullable
        String runId,

        @JsonPropertyDescription("Digest of the bundle.") @Size(max = 64) @Nullable
        String digest,

        @JsonPropertyDescription("Digest of everything in the spec that changes an answer.") @Size(max = 64) @Nullable
        String configDigest,

        @JsonPropertyDescription("When it became the target.") @Size(max = 32) @Nullable
        String at) {}
