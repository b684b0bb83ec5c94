package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** Why an attempt ends or ended. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record WithdrawalStatus(
        @JsonPropertyDescription(
                "Promoted, ObjectiveBreached, InvalidBundle, NoData, Inconclusive, AbortRequested, ProgressDeadlineExceeded, TargetMovedBack or TargetMovedOn.")
        @Size(max = 40)
        @Nullable
        String cause,

        @JsonPropertyDescription("In words, with the numbers.") @Size(max = 512) @Nullable
        String detail,

        @JsonPropertyDescription("Whether the candidate had become stable.") @Nullable
        Boolean promoted) {}
