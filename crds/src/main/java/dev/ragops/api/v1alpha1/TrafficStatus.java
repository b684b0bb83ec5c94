package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the RagModel is asked to realise. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record TrafficStatus(
        @JsonPropertyDescription("The RagModel that is meant; another one ignores it.") @Size(max = 64) @Nullable
        String modelUid,

        @JsonPropertyDescription("Attempt it belongs to.") @Nullable
        Integer attempt,

        @JsonPropertyDescription("Raised with every change; never falls.") @Nullable
        Long seq,

        @JsonPropertyDescription(
                "Revision that should be stable; differs from the current one when promoting or taking back.")
        @Size(max = 63)
        @Nullable
        String stable,

        @JsonPropertyDescription("Revision on trial.") @Size(max = 63) @Nullable
        String candidate,

        @JsonPropertyDescription("Revision that is only mirrored to.") @Size(max = 63) @Nullable
        String control,

        @JsonPropertyDescription("Who gets what.") @Nullable SplitStatus split,

        @JsonPropertyDescription("Headers that ask for the candidate.") @Size(max = 8)
        List<HeaderMatch> matches,

        @JsonPropertyDescription("Whether stable is asked again.") @Nullable
        Boolean fallback,

        @JsonPropertyDescription("Ready pods that stable, or in a watch the previous revision, keeps at least.")
        @Nullable
        Integer floor,

        @JsonPropertyDescription("How long pods that no track needs stay.") @Size(max = 16) @Nullable
        String scaleDownDelay,

        @JsonPropertyDescription("Revisions that may not serve.") @Size(max = 32)
        List<RejectedRevision> rejected) {
    public TrafficStatus {
        matches = matches == null ? List.of() : List.copyOf(matches);
        rejected = rejected == null ? List.of() : List.copyOf(rejected);
    }
}
