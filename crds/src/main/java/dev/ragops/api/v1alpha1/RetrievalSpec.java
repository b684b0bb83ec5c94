package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** How passages are found. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "!has(self.fusion) || self.fusion != 'rrf' || !has(self.denseWeight)",
        message = "fusion rrf has no denseWeight")
public record RetrievalSpec(
        @JsonPropertyDescription("hybrid, dense or lexical.") @Nullable
        Mode mode,

        @JsonPropertyDescription("Passages of an answer when the query does not say.") @Min(1) @Max(100) @Nullable
        Integer topK,

        @JsonPropertyDescription("Passages of each leg before fusion.") @Min(1) @Max(1000) @Nullable
        Integer candidates,

        @JsonPropertyDescription("Weight of the dense leg in convex fusion, 0 to 1, a decimal as string; rrf has none.")
        @Pattern("^(0(\\.[0-9]+)?|1(\\.0+)?)$")
        @Size(max = 16)
        @Nullable
        String denseWeight,

        @JsonPropertyDescription("convex or rrf.") @Nullable Fusion fusion,

        @JsonPropertyDescription("auto, exact or hnsw.") @Nullable
        Index index) {

    /** Which legs search. */
    public enum Mode {
        @JsonProperty("hybrid")
        HYBRID,
        @JsonProperty("dense")
        DENSE,
        @JsonProperty("lexical")
        LEXICAL
    }

    /** How the two legs are joined. */
    public enum Fusion {
        @JsonProperty("convex")
        CONVEX,
        @JsonProperty("rrf")
        RRF
    }

    /** Which vector index serves. */
    public enum Index {
        @JsonProperty("auto")
        AUTO,
        @JsonProperty("exact")
        EXACT,
        @JsonProperty("hnsw")
        HNSW
    }
}
