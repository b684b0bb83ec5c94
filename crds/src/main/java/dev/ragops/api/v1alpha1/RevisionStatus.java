package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** A revision and where it stands. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record RevisionStatus(
        @JsonPropertyDescription("Its name.") @Required @Size(max = 63)
        String name,

        @JsonPropertyDescription("Registered version.") @Size(max = 20) @Nullable
        String version,

        @JsonPropertyDescription("Digest of the bundle.") @Size(max = 64) @Nullable
        String digest,

        @JsonPropertyDescription("Its track, if it has one.") @Nullable
        Track track,

        @JsonPropertyDescription("Pods it should have.") @Nullable
        Integer desiredReplicas,

        @JsonPropertyDescription("Pods that are ready.") @Nullable
        Integer readyReplicas,

        @JsonPropertyDescription("Where it stands.") @Nullable
        State state,

        @JsonPropertyDescription(
                "What went wrong last, or what a pod reports to run that is not what the revision's record says.")
        @Size(max = 512)
        @Nullable
        String lastFailure,

        @JsonPropertyDescription("Documents the pod that is least far has indexed, while one catches up.") @Nullable
        Long indexed,

        @JsonPropertyDescription("Of so many.") @Nullable Long toIndex,

        @JsonPropertyDescription(
                "Changes of the document store that the pod furthest behind does not answer with yet; absent: none.")
        @Nullable
        Long lag) {

    /** Where a revision gets requests from. */
    public enum Track {
        @JsonProperty("stable")
        STABLE,
        @JsonProperty("candidate")
        CANDIDATE,
        @JsonProperty("control")
        CONTROL
    }

    /** Where a revision stands. */
    public enum State {
        @JsonProperty("Starting")
        STARTING,
        @JsonProperty("Indexing")
        INDEXING,
        @JsonProperty("Ready")
        READY,
        @JsonProperty("Invalid")
        INVALID,
        @JsonProperty("Failed")
        FAILED,
        @JsonProperty("Retired")
        RETIRED
    }
}
