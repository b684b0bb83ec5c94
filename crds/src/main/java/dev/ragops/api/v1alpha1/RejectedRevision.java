package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** A revision that was judged bad. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record RejectedRevision(
        @JsonPropertyDescription("Its name.") @Required @Size(max = 63)
        String revision,

        @JsonPropertyDescription("Registered version.") @Size(max = 20) @Nullable
        String version,

        @JsonPropertyDescription("Digest of the bundle.") @Size(max = 64) @Nullable
        String digest,

        @JsonPropertyDescription("Digest of the configuration.") @Size(max = 64) @Nullable
        String configDigest,

        @JsonPropertyDescription("Why.") @Size(max = 512) @Nullable
        String reason,

        @JsonPropertyDescription("When.") @Size(max = 32) @Nullable
        String at) {}
