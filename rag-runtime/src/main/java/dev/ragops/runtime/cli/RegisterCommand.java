package dev.ragops.runtime.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ragops.runtime.registry.MlflowClient;
import dev.ragops.runtime.registry.Registrar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a bundle from a folder, measures it, and registers it as a new version. */
@Command(
        name = "register",
        description = {
            "Make a bundle from a folder, measure it on its golden questions (split test), and register it in MLflow.",
            "The folder holds rag.yaml; documents.jsonl, golden.jsonl and embedder/ where it ships them.",
            "Prints one line of JSON. A bundle that is registered already keeps its version; an alias is moved all the same."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:registered, or there already",
            "2:usage",
            "3:registry unreachable, trying again helps",
            "4:bundle invalid or registration refused, trying again does not help"
        })
final class RegisterCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "folder with rag.yaml")
    Path source = Path.of(".");

    @Mixin
    RegistryOptions registry = new RegistryOptions();

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "registered model")
    String name = "";

    @Option(names = "--alias", paramLabel = "ALIAS", description = "move this alias to the version")
    String alias = "";

    @Option(
            names = "--tag",
            paramLabel = "KEY=VALUE",
            description = "tag of a new version, besides its digest; may be given several times")
    Map<String, String> tags = Map.of();

    @Option(
            names = "--experiment",
            defaultValue = "ragops",
            description = "MLflow experiment of the run (default ${DEFAULT-VALUE})")
    String experiment = "ragops";

    @Option(names = "--documents", paramLabel = "FILE", description = "documents.jsonl from elsewhere")
    Optional<Path> documents = Optional.empty();

    @Option(names = "--golden", paramLabel = "FILE", description = "golden.jsonl from elsewhere")
    Optional<Path> golden = Optional.empty();

    @Option(names = "--output", paramLabel = "DIR", description = "keep the bundle here; must be empty or not be there")
    Optional<Path> output = Optional.empty();

    @Option(names = "--dry-run", description = "make and measure the bundle, register nothing")
    boolean dryRun;

    @Override
    public Integer call() throws IOException {
        try (Workshop workshop = Workshop.open(output)) {
            Workshop.Made made = workshop.make(source, documents, golden, new StderrProgress());
            ObjectNode report = new ObjectMapper().createObjectNode().put("model", name);
            if (dryRun) {
                report.put("digest", made.bundle().digest()).put("registered", false);
            } else {
                register(made, report);
            }
            made.metrics().forEach((key, value) -> report.put(key, Assessment.rounded(value)));
            output.ifPresent(directory -> report.put("bundle", directory.toString()));
            System.out.println(report);
        }
        return 0;
    }

    private void register(Workshop.Made made, ObjectNode report) {
        try (MlflowClient client = registry.client()) {
            Registrar.Registered registered = new Registrar(client)
                    .register(
                            made.bundle(),
                            new Registrar.Registration(
                                    name,
                                    experiment,
                                    made.parameters(),
                                    made.metrics(),
                                    Environment.given(alias),
                                    tags));
            String version = registered.version().version();
            if (!registered.isNew()) {
                System.err.printf("this bundle is version %s of %s already; nothing was uploaded%n", version, name);
            }
            report.put("version", version)
                    .put("run_id", registered.runId())
                    .put("digest", registered.digest())
                    .put("registered", registered.isNew());
        }
    }
}
