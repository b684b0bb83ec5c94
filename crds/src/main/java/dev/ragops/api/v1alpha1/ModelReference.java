package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** A registered model and how its version is chosen. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "has(self.alias) != has(self.version)",
        message = "set exactly one of alias and version in spec.model")
public record ModelReference(
        @JsonPropertyDescription("Name of the registered model.") @Required @Size(min = 1, max = 250)
        String name,

        @JsonPropertyDescription("Follow this alias.") @Size(min = 1, max = 250) @Pattern("^[A-Za-z0-9_-]+$") @Nullable
        String alias,

        @JsonPropertyDescription("Stay on this version.") @Size(min = 1, max = 20) @Pattern("^[0-9]+$") @Nullable
        String version) {}
