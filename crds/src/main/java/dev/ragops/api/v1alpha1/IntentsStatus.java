package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** What a person asked for, as seen. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record IntentsStatus(
        @JsonPropertyDescription("Last approval.") @Nullable ApprovalIntent approval,
        @JsonPropertyDescription("Last abort.") @Nullable AbortIntent abort,
        @JsonPropertyDescription("Last retry.") @Nullable RetryIntent retry,

        @JsonPropertyDescription("Last promotion.") @Nullable
        PromoteIntent promote) {}
