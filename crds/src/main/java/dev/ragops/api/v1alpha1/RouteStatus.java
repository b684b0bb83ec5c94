package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The route as it was written, and who applied it. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record RouteStatus(
        @JsonPropertyDescription("Raised when tracks, shares, matches, fallback or objectives change; never falls.")
        @Nullable
        Long generation,

        @JsonPropertyDescription("The last traffic.seq of the rollout that was realised.") @Nullable
        Long appliedSeq,

        @JsonPropertyDescription("The attempt that seq belongs to.") @Nullable
        Integer appliedAttempt,

        @JsonPropertyDescription("Stable revision.") @Size(max = 63) @Nullable
        String stable,

        @JsonPropertyDescription("Candidate revision.") @Size(max = 63) @Nullable
        String candidate,

        @JsonPropertyDescription("Revision that is only mirrored to, during a watch.") @Size(max = 63) @Nullable
        String control,

        @JsonPropertyDescription("The split.") @Nullable SplitStatus weights,

        @JsonPropertyDescription("Whether every ready gateway pod applied this generation.") @Nullable
        Boolean verified,

        @JsonPropertyDescription("When it did.") @Size(max = 32) @Nullable
        String verifiedAt,

        @JsonPropertyDescription("Gateway pods that did not.") @Size(max = 50)
        List<String> lagging) {
    public RouteStatus {
        lagging = lagging == null ? List.of() : List.copyOf(lagging);
    }
}
