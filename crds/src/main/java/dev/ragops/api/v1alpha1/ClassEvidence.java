package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts of one class of answers. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ClassEvidence(
        @JsonPropertyDescription("retrieval or generated.") @Required @Size(max = 32)
        String name,

        @JsonPropertyDescription("Judged events.") @Nullable Long total,

        @JsonPropertyDescription("Server errors, broken connections, time-outs, shedding.") @Nullable
        Long errors,

        @JsonPropertyDescription("Of them, shedding.") @Nullable
        Long shed,

        @JsonPropertyDescription("Other 4xx.") @Nullable Long clientErrors,

        @JsonPropertyDescription("Events that say nothing of the track.") @Nullable
        Long excluded,

        @JsonPropertyDescription("Too slow, by latency objective.")
        Map<String, Long> slow,

        @JsonPropertyDescription("Median latency.") @Nullable
        Long p50Millis,

        @JsonPropertyDescription("95th percentile of latency.") @Nullable
        Long p95Millis) {
    public ClassEvidence {
        slow = slow == null ? Map.of() : Map.copyOf(slow);
    }
}
