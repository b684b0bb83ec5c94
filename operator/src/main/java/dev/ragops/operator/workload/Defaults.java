package dev.ragops.operator.workload;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.util.Map;

/**
 * What the operator was told at its start and fills in where a RagModel says nothing.
 *
 * @param operatorNamespace where it runs itself, empty outside of a cluster
 */
public record Defaults(String runtimeImage, String gatewayImage, String pullPolicy, String operatorNamespace) {
    public Defaults(String runtimeImage, String gatewayImage, String pullPolicy) {
        this(runtimeImage, gatewayImage, pullPolicy, "");
    }

    public static Defaults fromEnvironment(Map<String, String> environment) {
        return new Defaults(
                environment.getOrDefault("RAGOPS_RUNTIME_IMAGE", "localhost/ragops-runtime:dev"),
                environment.getOrDefault("RAGOPS_GATEWAY_IMAGE", "localhost/ragops-gateway:dev"),
                environment.getOrDefault("RAGOPS_IMAGE_PULL_POLICY", "IfNotPresent"),
                environment.getOrDefault("POD_NAMESPACE", ""));
    }

    static final ResourceRequirements RUNTIME_RESOURCES = resources("250m", "384Mi", "512Mi");
    static final ResourceRequirements GATEWAY_RESOURCES = resources("50m", "96Mi", "192Mi");

    private static ResourceRequirements resources(String cpu, String memory, String limit) {
        return new ResourceRequirementsBuilder()
                .addToRequests("cpu", new Quantity(cpu))
                .addToRequests("memory", new Quantity(memory))
                .addToLimits("memory", new Quantity(limit))
                .build();
    }
}
