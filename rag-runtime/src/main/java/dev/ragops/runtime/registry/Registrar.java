package dev.ragops.runtime.registry;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ragops.runtime.bundle.Bundle;
import dev.ragops.runtime.bundle.Manifest;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Registers a bundle: a run with its parameters and metrics, the files as its artifacts, a version that points to them. */
public final class Registrar {
    private static final String DIRECTORY = "bundle";

    private final MlflowClient mlflow;

    public Registrar(MlflowClient mlflow) {
        this.mlflow = mlflow;
    }

    /** What was made. */
    public record Registered(ModelVersion version, String runId, String digest) {}

    /** @param alias moved to the new version, if given */
    public Registered register(
            Bundle bundle,
            String model,
            String experiment,
            Map<String, String> parameters,
            Map<String, Double> metrics,
            Optional<String> alias) {
        long now = System.currentTimeMillis();
        JsonNode info = mlflow.post(
                        "runs/create",
                        Map.of(
                                "experiment_id",
                                experiment(experiment),
                                "start_time",
                                now,
                                "run_name",
                                bundle.config().name()))
                .path("run")
                .path("info");
        String runId = info.path("run_id").asText();
        String artifacts = info.path("artifact_uri").asText();
        if (!artifacts.startsWith("mlflow-artifacts:/")) {
            throw RegistryException.refused("the MLflow server keeps artifacts at '" + artifacts
                    + "' and does not serve them: start it with --serve-artifacts");
        }
        upload(bundle, artifacts.substring("mlflow-artifacts:/".length()) + "/" + DIRECTORY);
        List<Map<String, Object>> logged = new ArrayList<>();
        metrics.forEach((key, value) -> logged.add(Map.of("key", key, "value", value, "timestamp", now, "step", 0)));
        List<Map<String, Object>> noted = new ArrayList<>();
        parameters.forEach((key, value) -> noted.add(Map.of("key", key, "value", value)));
        mlflow.post("runs/log-batch", Map.of("run_id", runId, "metrics", logged, "params", noted));
        mlflow.post(
                "runs/update", Map.of("run_id", runId, "status", "FINISHED", "end_time", System.currentTimeMillis()));
        ensureModel(model);
        JsonNode created = mlflow.post(
                "model-versions/create",
                Map.of(
                        "name",
                        model,
                        "source",
                        artifacts + "/" + DIRECTORY,
                        "run_id",
                        runId,
                        "tags",
                        List.of(Map.of("key", BundleFetcher.DIGEST_TAG, "value", bundle.digest()))));
        ModelVersion version = new ModelVersion(
                model, created.path("model_version").path("version").asText());
        alias.ifPresent(name -> mlflow.post(
                "registered-models/alias", Map.of("name", model, "alias", name, "version", version.version())));
        return new Registered(version, runId, bundle.digest());
    }

    private String experiment(String name) {
        try {
            return mlflow.get("experiments/get-by-name", "experiment_name", name)
                    .path("experiment")
                    .path("experiment_id")
                    .asText();
        } catch (RegistryException e) {
            if (e.isUnreachable()) {
                throw e;
            }
            return mlflow.post("experiments/create", Map.of("name", name))
                    .path("experiment_id")
                    .asText();
        }
    }

    private void ensureModel(String model) {
        try {
            mlflow.get("registered-models/get", "name", model);
        } catch (RegistryException e) {
            if (e.isUnreachable()) {
                throw e;
            }
            mlflow.post("registered-models/create", Map.of("name", model));
        }
    }

    private void upload(Bundle bundle, String root) {
        try {
            Path directory = bundle.directory();
            for (String path : Manifest.parse(Files.readAllBytes(directory.resolve(Manifest.FILE)))
                    .files()
                    .keySet()) {
                mlflow.putArtifact(root + "/" + path, BodyPublishers.ofFile(directory.resolve(path)));
            }
            // Last, so that a version whose upload broke off has no manifest and is refused.
            mlflow.putArtifact(root + "/" + Manifest.FILE, BodyPublishers.ofFile(directory.resolve(Manifest.FILE)));
        } catch (IOException e) {
            throw RegistryException.refused("the bundle cannot be read: " + e.getMessage());
        }
    }
}
