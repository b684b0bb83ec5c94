package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks by Prometheus queries. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "self.checks.map(c, size(bytes(c.query))).sum() <= 4096",
        message =
                "the queries of all checks together have at most 4096 bytes, because each attempt keeps a copy of them in its status")
public record PrometheusSpec(
        @JsonPropertyDescription("Address of Prometheus, as the operator reaches it.")
        @Required
        @Size(max = 512)
        @Pattern("^https?://[^ ]+$")
        String url,

        @JsonPropertyDescription(
                "Secret with username and password, or token; ca.crt beside them. Must carry the label ragops.dev/readable=true.")
        @Nullable
        LocalSecretReference credentialsSecret,

        @JsonPropertyDescription("The checks.") @Required @Size(min = 1, max = 16)
        List<PrometheusCheck> checks) {
    public PrometheusSpec {
        checks = checks == null ? List.of() : List.copyOf(checks);
    }
}
