package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** A fixed group. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record AbSpec(
        @JsonPropertyDescription("Share of the users, in percent.") @Required @Min(0) @Max(100)
        Integer percent,

        @JsonPropertyDescription("Requests that meet the candidate whatever their bucket; persists into later steps.")
        @Size(max = 8)
        List<MatchSpec> match) {
    public AbSpec {
        match = match == null ? List.of() : List.copyOf(match);
    }
}
