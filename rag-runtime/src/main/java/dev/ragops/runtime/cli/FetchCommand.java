package dev.ragops.runtime.cli;

import dev.ragops.runtime.bundle.Bundle;
import dev.ragops.runtime.embed.Embedders;
import dev.ragops.runtime.registry.BundleFetcher;
import dev.ragops.runtime.registry.MlflowClient;
import dev.ragops.runtime.registry.ModelVersion;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Brings a registered bundle to disk and proves it: what the init container of a pod runs. */
@Command(
        name = "fetch",
        description = "Fetch a registered bundle and verify it.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:fetched",
            "2:usage",
            "3:registry unreachable, trying again helps",
            "4:bundle invalid, trying again does not help"
        })
final class FetchCommand implements Callable<Integer> {
    @Mixin
    RegistryOptions registry = new RegistryOptions();

    @Option(
            names = "--model",
            required = true,
            paramLabel = "URI",
            defaultValue = "${RAGOPS_MODEL_URI}",
            description = "models:/NAME/VERSION (RAGOPS_MODEL_URI)")
    String model = "";

    @Option(
            names = "--digest",
            paramLabel = "HEX",
            defaultValue = "${RAGOPS_BUNDLE_DIGEST:-}",
            description = "what the bundle's digest must be (RAGOPS_BUNDLE_DIGEST)")
    String digest = "";

    @Option(
            names = "--to",
            required = true,
            paramLabel = "DIR",
            defaultValue = "${RAGOPS_BUNDLE}",
            description = "where it goes (RAGOPS_BUNDLE)")
    Path target = Path.of(".");

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            defaultValue = "${RAGOPS_BUNDLE_CACHE:-}",
            description = "bundles by digest, asked before the registry (RAGOPS_BUNDLE_CACHE)")
    String cache = "";

    @Override
    public Integer call() {
        try (MlflowClient client = registry.client()) {
            Bundle bundle = new BundleFetcher(client)
                    .fetch(
                            ModelVersion.parse(model),
                            Environment.given(digest),
                            target,
                            Environment.given(cache).map(Path::of));
            Embedders.check(bundle.config().embedder(), bundle.directory());
            System.out.println("fetched " + model + " digest " + bundle.digest() + " to " + target);
            return 0;
        }
    }
}
