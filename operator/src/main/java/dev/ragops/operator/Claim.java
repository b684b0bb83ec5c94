package dev.ragops.operator;

import dev.ragops.api.v1alpha1.RagModel;
import java.util.Map;
import java.util.Objects;

/** Says which models are this installation's, so that several can share a cluster without touching each other's. */
public record Claim(String controllerName) {
    private static final String DEFAULT = "ragops";

    /** By {@code RAGOPS_CONTROLLER_NAME}. */
    public static Claim fromEnvironment(Map<String, String> environment) {
        return new Claim(environment.getOrDefault("RAGOPS_CONTROLLER_NAME", DEFAULT));
    }

    public boolean covers(RagModel model) {
        return controllerName.equals(Objects.requireNonNullElse(model.getSpec().controllerName(), DEFAULT));
    }
}
