package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** A revision by everything that identifies it. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record RevisionReference(
        @JsonPropertyDescription("Its name.") @Size(max = 63) @Nullable
        String revision,

        @JsonPropertyDescription("Registered version.") @Size(max = 20) @Nullable
        String version,

        @JsonPropertyDescription("Digest of the bundle.") @Size(max = 64) @Nullable
        String digest,

        @JsonPropertyDescription("Digest of the configuration.") @Size(max = 64) @Nullable
        String configDigest) {}
