package dev.ragops.runtime.cli;

import dev.ragops.runtime.registry.Credentials;
import dev.ragops.runtime.registry.MlflowClient;
import dev.ragops.runtime.registry.RegistryException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command reaches the registry. */
final class RegistryOptions {
    @Option(
            names = "--registry",
            paramLabel = "URL",
            defaultValue = "${RAGOPS_REGISTRY_URL:-${MLFLOW_TRACKING_URI:-}}",
            description = "MLflow tracking server (RAGOPS_REGISTRY_URL, MLFLOW_TRACKING_URI)")
    String url = "";

    @Option(
            names = "--credentials",
            paramLabel = "DIR",
            defaultValue = "${RAGOPS_REGISTRY_CREDENTIALS:-}",
            description =
                    "files username and password, or token; ca.crt beside them (RAGOPS_REGISTRY_CREDENTIALS; else MLFLOW_TRACKING_USERNAME …)")
    @Nullable
    String credentials;

    MlflowClient client() {
        if (url.isBlank()) {
            throw RegistryException.refused("no registry given: use --registry or set MLFLOW_TRACKING_URI");
        }
        Credentials shown = credentials == null || credentials.isBlank()
                ? Credentials.fromEnvironment(System.getenv())
                : Credentials.fromDirectory(Path.of(credentials));
        return new MlflowClient(url, shown, Duration.ofSeconds(30));
    }
}
