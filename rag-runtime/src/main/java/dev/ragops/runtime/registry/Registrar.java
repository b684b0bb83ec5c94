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
import java.util.TreeMap;

/** Registers a bundle: a run with its parameters and metrics, the files as its artifacts, a version that points to them. One digest is one version. */
public final class Registrar {
    private static final String DIRECTORY = "bundle";
    private static final String SCHEME = "mlflow-artifacts:/";

    private final MlflowClient mlflow;

    public Registrar(MlflowClient mlflow) {
        this.mlflow = mlflow;
    }

    /**
     * What is to be registered.
     *
     * @param alias moved to the version, if given
     * @param tags of the version, besides the digest
     */
    public record Registration(
            String model,
            String experiment,
            Map<String, String> parameters,
            Map<String, Double> metrics,
            Optional<String> alias,
            Map<String, String> tags) {
        public Registration {
            parameters = Map.copyOf(parameters);
            metrics = Map.copyOf(metrics);
            tags = Map.copyOf(tags);
        }
    }

    /**
     * Where it is now.
     *
     * @param isNew whether this call made the version; otherwise one of the same digest was there
     */
    public record Registered(ModelVersion version, String runId, String digest, boolean isNew) {}

    /** @throws RegistryException when the registry does not take it; what was begun is then a failed run without a version */
    public Registered register(Bundle bundle, Registration wanted) {
        ensureModel(wanted.model());
        Registered registered = existing(bundle, wanted.model()).orElseGet(() -> create(bundle, wanted));
        String number = registered.version().version();
        wanted.alias()
                .ifPresent(name -> mlflow.post(
                        "registered-models/alias", Map.of("name", wanted.model(), "alias", name, "version", number)));
        return registered;
    }

    private Optional<Registered> existing(Bundle bundle, String model) {
        String page = "";
        do {
            JsonNode found = mlflow.get(
                    "model-versions/search",
                    "filter",
                    "name=\"" + model.replace("\"", "") + "\"",
                    "max_results",
                    "200",
                    "page_token",
                    page);
            for (JsonNode version : found.path("model_versions")) {
                if (digest(version).equals(bundle.digest())) {
                    return Optional.of(new Registered(
                            new ModelVersion(model, version.path("version").asText()),
                            version.path("run_id").asText(),
                            bundle.digest(),
                            false));
                }
            }
            page = found.path("next_page_token").asText("");
        } while (!page.isEmpty());
        return Optional.empty();
    }

    private static String digest(JsonNode version) {
        for (JsonNode tag : version.path("tags")) {
            if (tag.path("key").asText().equals(BundleFetcher.DIGEST_TAG)) {
                return tag.path("value").asText();
            }
        }
        return "";
    }

    private Registered create(Bundle bundle, Registration wanted) {
        JsonNode info = mlflow.post(
                        "runs/create",
                        Map.of(
                                "experiment_id",
                                experiment(wanted.experiment()),
                                "start_time",
                                System.currentTimeMillis(),
                                "run_name",
                                bundle.config().name()))
                .path("run")
                .path("info");
        String runId = info.path("run_id").asText();
        try {
            String artifacts = info.path("artifact_uri").asText();
            if (!artifacts.startsWith(SCHEME)) {
                throw RegistryException.refused("the MLflow server keeps artifacts at '" + artifacts
                        + "' and does not serve them: start it with --serve-artifacts");
            }
            upload(bundle, artifacts.substring(SCHEME.length()) + "/" + DIRECTORY);
            log(runId, wanted);
            end(runId, "FINISHED");
            return new Registered(
                    version(bundle, wanted, runId, artifacts + "/" + DIRECTORY), runId, bundle.digest(), true);
        } catch (RegistryException e) {
            abandon(runId, e);
            throw e;
        }
    }

    private ModelVersion version(Bundle bundle, Registration wanted, String runId, String source) {
        List<Map<String, String>> tags = new ArrayList<>();
        tags.add(Map.of("key", BundleFetcher.DIGEST_TAG, "value", bundle.digest()));
        new TreeMap<>(wanted.tags()).forEach((key, value) -> tags.add(Map.of("key", key, "value", value)));
        JsonNode created = mlflow.post(
                "model-versions/create",
                Map.of("name", wanted.model(), "source", source, "run_id", runId, "tags", tags));
        return new ModelVersion(
                wanted.model(), created.path("model_version").path("version").asText());
    }

    private void log(String runId, Registration wanted) {
        long now = System.currentTimeMillis();
        List<Map<String, Object>> metrics = new ArrayList<>();
        wanted.metrics()
                .forEach((key, value) -> metrics.add(Map.of("key", key, "value", value, "timestamp", now, "step", 0)));
        List<Map<String, Object>> parameters = new ArrayList<>();
        wanted.parameters().forEach((key, value) -> parameters.add(Map.of("key", key, "value", value)));
        mlflow.post("runs/log-batch", Map.of("run_id", runId, "metrics", metrics, "params", parameters));
    }

    private void end(String runId, String status) {
        mlflow.post("runs/update", Map.of("run_id", runId, "status", status, "end_time", System.currentTimeMillis()));
    }

    private void abandon(String runId, RegistryException why) {
        try {
            end(runId, "FAILED");
        } catch (RegistryException e) {
            // The server is in trouble: the run stays as running, which says as much.
            why.addSuppressed(e);
        }
    }

    private String experiment(String name) {
        return mlflow.find("experiments/get-by-name", "experiment_name", name)
                .map(found -> found.path("experiment").path("experiment_id").asText())
                .orElseGet(() -> mlflow.post("experiments/create", Map.of("name", name))
                        .path("experiment_id")
                        .asText());
    }

    private void ensureModel(String model) {
        if (mlflow.find("registered-models/get", "name", model).isEmpty()) {
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
