package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A header and its value. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record HeaderMatch(
        @JsonPropertyDescription("Name, any case.") @Required @Size(min = 1, max = 64) @Pattern("^[A-Za-z0-9-]+$")
        String name,

        @JsonPropertyDescription("Exact value, printable ASCII.") @Required @Size(max = 128) @Pattern("^[ -~]*$")
        String value) {}
