package dev.ragops.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.e2e.cluster.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every sample is taken by a real API server; every invalid manifest is refused with words a person can act on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ManifestsIT {
    private static final String EXPECT = "# expect:";

    private final Stage stage = new Stage(ManifestsIT.class);

    @BeforeAll
    void thereAreSamples() throws IOException {
        assertThat(samples()).isNotEmpty();
        assertThat(invalid()).isNotEmpty();
    }

    @AfterAll
    void leave() {
        stage.close();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everySampleIsTaken(Path sample) throws IOException {
        Command.Result result = dryRun(Files.readString(sample));

        assertThat(result.code()).as(result.output()).isZero();
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void anInvalidManifestIsRefusedInWordsAPersonCanActOn(Path manifest) throws IOException {
        String yaml = Files.readString(manifest);
        List<String> expected = yaml.lines()
                .filter(line -> line.startsWith(EXPECT))
                .map(line -> line.substring(EXPECT.length()).strip())
                .toList();
        assertThat(expected).as("%s lines in %s", EXPECT, manifest).isNotEmpty();

        Command.Result result = dryRun(yaml);

        assertThat(result.code()).as("was taken: " + yaml).isNotZero();
        assertThat(expected).allSatisfy(words -> assertThat(result.output()).contains(words));
    }

    /** Samples name namespaces of their own; the API server only has to judge them. */
    private Command.Result dryRun(String yaml) {
        String here = yaml.replaceAll(
                        "(?m)^(\\s*)namespace: .*$",
                        "$1namespace: " + stage.cluster().namespace())
                .replaceAll(
                        "(metadata: *\\{[^}]*namespace: *)[a-z0-9-]+",
                        "$1" + stage.cluster().namespace());
        return stage.command()
                .tryRun(
                        here,
                        java.time.Duration.ofSeconds(30),
                        "kubectl",
                        "apply",
                        "--namespace",
                        stage.cluster().namespace(),
                        "--dry-run=server",
                        "--validate=strict",
                        "-f",
                        "-");
    }

    Stream<Path> samples() throws IOException {
        Path root = stage.surroundings().root().resolve("samples");
        return yaml(root)
                .filter(path -> !path.startsWith(root.resolve("invalid"))
                        && !path.startsWith(root.resolve("bundles"))
                        && !path.startsWith(root.resolve("corpus")));
    }

    Stream<Path> invalid() throws IOException {
        return yaml(stage.surroundings().root().resolve("samples/invalid"));
    }

    private static Stream<Path> yaml(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files
                    .filter(path -> path.toString().endsWith(".yaml") && isManifest(path))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    private static boolean isManifest(Path path) {
        try {
            // A kustomization is read by kustomize, not by an API server.
            return Files.readString(path).contains("apiVersion:") && !path.endsWith("kustomization.yaml");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
