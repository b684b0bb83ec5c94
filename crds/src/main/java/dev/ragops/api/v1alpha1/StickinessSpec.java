package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What keeps a user on one track: the first of header, cookie, token subject and address that is there. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record StickinessSpec(
        @JsonPropertyDescription("A request header that names the user.") @Default("x-user") @Size(max = 128) @Nullable
        String header,

        @JsonPropertyDescription("A cookie that names the user.") @Size(max = 128) @Nullable
        String cookie,

        @JsonPropertyDescription("Use the subject of the bearer token.") @Default("false") @Nullable
        Boolean tokenSubject,

        @JsonPropertyDescription(
                "Addresses (CIDR) whose X-Forwarded-For is believed; without any, addresses are not used.")
        @Size(max = 16)
        List<String> trustedProxies) {
    public StickinessSpec {
        trustedProxies = trustedProxies == null ? List.of() : List.copyOf(trustedProxies);
    }
}
