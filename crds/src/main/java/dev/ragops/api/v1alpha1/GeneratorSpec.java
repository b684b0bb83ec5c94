package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** An OpenAI-compatible endpoint. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value =
                "!has(self.timeout) || (duration(self.timeout) > duration('0s') && duration(self.timeout) <= duration('10m'))",
        message = "timeout is more than 0s and at most 10m")
public record GeneratorSpec(
        @JsonPropertyDescription("Base address, for example https://host/v1.")
        @Required
        @Size(max = 512)
        @Pattern("^https?://[^ ]+$")
        String url,

        @JsonPropertyDescription("Name of the model there.") @Required @Size(min = 1, max = 250)
        String model,

        @JsonPropertyDescription("Where the API key stands.") @Nullable
        SecretKeyReference apiKeySecret,

        @JsonPropertyDescription("Longest wait for an answer, at most 10m.")
        @Pattern("^([0-9]+(ms|s|m|h))+$")
        @Size(max = 16)
        @Default("20s")
        @Nullable
        String timeout) {}
