package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import org.jspecify.annotations.Nullable;

/** A claim that exists, or one to be made. It is never deleted by the operator. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "has(self.claimName) != has(self.storage)",
        message = "set exactly one of claimName and storage")
@ValidationRule(
        value = "!has(self.storageClassName) || has(self.storage)",
        message = "storageClassName goes with storage")
public record VolumeClaimSpec(
        @JsonPropertyDescription("An existing PersistentVolumeClaim.") @Size(min = 1, max = 253) @Nullable
        String claimName,

        @JsonPropertyDescription("Size of a claim to be made, named NAME-documents.") @Nullable
        Quantity storage,

        @JsonPropertyDescription("Storage class of the claim to be made.") @Size(max = 253) @Nullable
        String storageClassName) {}
