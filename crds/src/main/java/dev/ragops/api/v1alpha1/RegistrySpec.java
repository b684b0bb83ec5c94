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

/** Where models are registered. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value =
                "!has(self.pollInterval) || (duration(self.pollInterval) >= duration('1s') && duration(self.pollInterval) <= duration('24h'))",
        message = "pollInterval is between 1s and 24h")
public record RegistrySpec(
        @JsonPropertyDescription("Address of the MLflow tracking server, as pods and the operator reach it.")
        @Required
        @Size(max = 512)
        @Pattern("^https?://[^ ]+$")
        String url,

        @JsonPropertyDescription(
                "Secret in the same namespace with username and password, or token; ca.crt beside them if the server has a certificate of its own authority. Must carry the label ragops.dev/readable=true.")
        @Nullable
        LocalSecretReference credentialsSecret,

        @JsonPropertyDescription("How often the registry is asked for the version behind the alias.")
        @Pattern("^([0-9]+(ms|s|m|h))+$")
        @Size(max = 16)
        @Default("30s")
        @Nullable
        String pollInterval) {}
