package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** One query and its bound. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(value = "has(self.min) != has(self.max)", message = "set exactly one of min and max of a check")
public record PrometheusCheck(
        @JsonPropertyDescription("Name of the check.")
        @Required
        @Size(min = 1, max = 40)
        @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        String name,

        @JsonPropertyDescription(
                "An instant query with one value as answer; {{stable}} and {{candidate}} stand for the revisions.")
        @Required
        @Size(min = 1, max = 2048)
        String query,

        @JsonPropertyDescription("Smallest value that passes, a decimal as string.")
        @Size(max = 32)
        @Pattern("^-?[0-9]+(\\.[0-9]+)?$")
        @Nullable
        String min,

        @JsonPropertyDescription("Largest value that passes, a decimal as string.")
        @Size(max = 32)
        @Pattern("^-?[0-9]+(\\.[0-9]+)?$")
        @Nullable
        String max) {}
