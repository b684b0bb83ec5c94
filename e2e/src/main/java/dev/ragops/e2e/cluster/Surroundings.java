package dev.ragops.e2e.cluster;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Says where everything is that a scenario needs and does not make itself.
 *
 * @param root of the checkout
 * @param registry MLflow as this process reaches it
 * @param registryInCluster MLflow as pods reach it
 * @param postgresInCluster PostgreSQL as pods reach it, with user and password
 * @param imagePrefix what stands before {@code ragops-operator}
 * @param imageTag what stands behind it
 */
public record Surroundings(
        Path root, URI registry, URI registryInCluster, String postgresInCluster, String imagePrefix, String imageTag) {

    /** From the variables that {@code e2e/run} sets. */
    public static Surroundings of(Map<String, String> environment) {
        Path root = Path.of(environment.getOrDefault("RAGOPS_ROOT", "."))
                .toAbsolutePath()
                .normalize();
        if (!Files.isExecutable(root.resolve("ragops"))) {
            throw new IllegalStateException("RAGOPS_ROOT=" + root + " is not a RagOps checkout; use e2e/run");
        }
        String registry = environment.get("MLFLOW_TRACKING_URI");
        if (registry == null || registry.isEmpty()) {
            throw new IllegalStateException(
                    "MLFLOW_TRACKING_URI is not set: say where this machine reaches MLflow, or use the local cluster (./ragops cluster up)");
        }
        return new Surroundings(
                root,
                URI.create(registry),
                URI.create(environment.getOrDefault("RAGOPS_REGISTRY_IN_CLUSTER", "http://mlflow.mlflow.svc:5000")),
                environment.getOrDefault(
                        "RAGOPS_POSTGRES_IN_CLUSTER", "postgres://ragops:ragops@postgres.postgres.svc:5432/postgres"),
                environment.getOrDefault("RAGOPS_IMAGE_PREFIX", "localhost/"),
                environment.getOrDefault("RAGOPS_IMAGE_TAG", "dev"));
    }

    public String image(String name) {
        return imagePrefix + name + ":" + imageTag;
    }
}
