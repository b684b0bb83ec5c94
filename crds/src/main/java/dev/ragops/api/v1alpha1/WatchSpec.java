package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** The time after promotion. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record WatchSpec(
        @JsonPropertyDescription("How long the previous revision stays warm.")
        @Pattern("^([0-9]+(ms|s|m|h))+$")
        @Size(max = 16)
        @Default("30m")
        @Nullable
        String duration,

        @JsonPropertyDescription(
                "Share of the reads mirrored to the previous revision, to tell a bad version from a bad day.")
        @Min(0)
        @Max(100)
        @Default("5")
        @Nullable
        Integer controlPercent,

        @JsonPropertyDescription("How many judged events of the promoted revision before the watch may end.")
        @Min(0)
        @Max(10000000)
        @Default("0")
        @Nullable
        Integer minSamples) {}
