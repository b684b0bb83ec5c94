package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import org.jspecify.annotations.Nullable;

/** The pods that clients talk to. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value =
                "!has(self.requestTimeout) || (duration(self.requestTimeout) >= duration('100ms') && duration(self.requestTimeout) <= duration('10m'))",
        message = "requestTimeout is between 100ms and 10m")
public record GatewaySpec(
        @JsonPropertyDescription("Image of the gateway. Default: the operator's.") @Size(min = 1, max = 512) @Nullable
        String image,

        @JsonPropertyDescription("Gateway pods.") @Min(1) @Max(50) @Default("2") @Nullable
        Integer replicas,

        @JsonPropertyDescription("CPU and memory of a gateway pod. Default: requests 50m and 96Mi, memory limit 192Mi.")
        @Nullable
        ResourceRequirements resources,

        @JsonPropertyDescription("What keeps a user on one track.") @Nullable
        StickinessSpec stickiness,

        @JsonPropertyDescription("Who may call. Absent: everybody who reaches the Service.") @Nullable
        AuthSpec auth,

        @JsonPropertyDescription("Deadline of one retrieval read, with all attempts.")
        @Pattern("^([0-9]+(ms|s|m|h))+$")
        @Size(max = 16)
        @Default("10s")
        @Nullable
        String requestTimeout,

        @JsonPropertyDescription(
                "Pairs of compared answers that each gateway pod keeps for 15 minutes, to see where a candidate differs. They hold users' questions.")
        @Min(0)
        @Max(100)
        @Default("0")
        @Nullable
        Integer keepPairs) {}
