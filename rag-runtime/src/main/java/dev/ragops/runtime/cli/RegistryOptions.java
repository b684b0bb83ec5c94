package dev.ragops.runtime.cli;

import dev.ragops.runtime.registry.Credentials;
import dev.ragops.runtime.registry.MlflowClient;
import dev.ragops.runtime.registry.RegistryException;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How a command reaches the registry. */
final class RegistryOptions {
    @Option(
            names = "--registry",
            paramLabel = "URL",
            description = "MLflow tracking server (RAGOPS_REGISTRY_URL, MLFLOW_TRACKING_URI)")
    String url = Environment.textOr("RAGOPS_REGISTRY_URL", Environment.text("MLFLOW_TRACKING_URI"));

    @Option(
            names = "--credentials",
            paramLabel = "DIR",
            description =
                    "files username and password, or token; ca.crt beside them (RAGOPS_REGISTRY_CREDENTIALS; else MLFLOW_TRACKING_USERNAME …)")
    String credentials = Environment.text("RAGOPS_REGISTRY_CREDENTIALS");

    MlflowClient client() {
        if (url.isBlank()) {
            throw RegistryException.refused("no registry given: use --registry or set MLFLOW_TRACKING_URI");
        }
        Credentials shown = credentials.isBlank()
                ? Credentials.fromEnvironment(System.getenv())
                : Credentials.fromDirectory(Path.of(credentials));
        return new MlflowClient(url, shown, Duration.ofSeconds(30));
    }
}
