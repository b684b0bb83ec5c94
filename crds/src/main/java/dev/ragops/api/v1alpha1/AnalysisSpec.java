package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How evidence is judged. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value =
                "!has(self.interval) || (duration(self.interval) >= duration('1s') && duration(self.interval) <= duration('1h'))",
        message = "interval is between 1s and 1h")
public record AnalysisSpec(
        @JsonPropertyDescription("How often evidence is collected and judged.")
        @Pattern("^([0-9]+(ms|s|m|h))+$")
        @Size(max = 16)
        @Default("5s")
        @Nullable
        String interval,

        @JsonPropertyDescription("Bounds on how the two tracks' answers may differ.") @Size(max = 8)
        List<ComparisonSpec> comparisons,

        @JsonPropertyDescription(
                "Comparisons hold, and what was compared meanwhile does not count, while the two tracks differ by more changes of the document store than this.")
        @Min(0)
        @Max(1000000)
        @Default("100")
        @Nullable
        Integer maxLag,

        @JsonPropertyDescription("Checks by Prometheus queries.") @Nullable
        PrometheusSpec prometheus,

        @JsonPropertyDescription("What to do when a step's time is over and the evidence is neither good nor bad.")
        @Default("Pause")
        @Nullable
        OnInconclusive onInconclusive,

        @JsonPropertyDescription("What to do when a step's time is over without evidence. Never a silent pass.")
        @Default("Hold")
        @Nullable
        OnNoData onNoData) {
    public AnalysisSpec {
        comparisons = comparisons == null ? List.of() : List.copyOf(comparisons);
    }

    /** Neither good nor bad. */
    public enum OnInconclusive {
        @JsonProperty("Pause")
        PAUSE,
        @JsonProperty("Continue")
        CONTINUE,
        @JsonProperty("Rollback")
        ROLLBACK
    }

    /** No evidence. */
    public enum OnNoData {
        @JsonProperty("Hold")
        HOLD,
        @JsonProperty("Pause")
        PAUSE,
        @JsonProperty("Rollback")
        ROLLBACK
    }
}
