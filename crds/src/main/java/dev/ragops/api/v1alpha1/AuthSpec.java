package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** Who may call. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record AuthSpec(
        @JsonPropertyDescription(
                "Secret of this namespace, labelled ragops.dev/readable=true, whose fields hold API keys, a line each as './ragops key new' prints it. It may change at any time; while it cannot be read, the keys known last count.")
        @Required
        LocalSecretReference apiKeysSecret) {}
