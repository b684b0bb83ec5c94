package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts of one track. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record TrackEvidence(
        @JsonPropertyDescription("Its revision.") @Size(max = 63) @Nullable
        String revision,

        @JsonPropertyDescription("By class of answer.") @Size(max = 4)
        List<ClassEvidence> classes) {
    public TrackEvidence {
        classes = classes == null ? List.of() : List.copyOf(classes);
    }
}
