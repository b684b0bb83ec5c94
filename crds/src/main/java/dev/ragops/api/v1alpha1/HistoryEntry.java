package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** Something that happened. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record HistoryEntry(
        @JsonPropertyDescription("Attempt.") @Nullable Integer attempt,

        @JsonPropertyDescription("When.") @Size(max = 32) @Nullable
        String at,

        @JsonPropertyDescription("Candidate.") @Size(max = 63) @Nullable
        String revision,

        @JsonPropertyDescription("Registered version.") @Size(max = 20) @Nullable
        String version,

        @JsonPropertyDescription("Promoted, RolledBack, Aborted, Stopped, Superseded.") @Size(max = 32) @Nullable
        String outcome,

        @JsonPropertyDescription("Why.") @Size(max = 512) @Nullable
        String reason,

        @JsonPropertyDescription("Whether the registry has it.") @Nullable
        Boolean reported) {}
