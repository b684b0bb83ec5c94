package dev.ragops.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/** Judging without a change of the split; it has nothing to configure. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record EvaluateSpec() {}
