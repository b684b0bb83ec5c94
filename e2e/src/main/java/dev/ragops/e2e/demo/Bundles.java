package dev.ragops.e2e.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ragops.e2e.cluster.Command;
import dev.ragops.e2e.cluster.Surroundings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The sample bundles: registers them the way a person does, and lends their questions to the load. */
public final class Bundles {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Surroundings surroundings;
    private final Command command;

    public Bundles(Surroundings surroundings, Command command) {
        this.surroundings = surroundings;
        this.command = command;
    }

    /** Registers {@code samples/bundles/NAME}; returns the version it became. */
    public String register(String bundle, String model) {
        String output = command.run(
                Duration.ofSeconds(240),
                "./ragops",
                "register",
                surroundings.root().resolve("samples/bundles").resolve(bundle).toString(),
                "--documents",
                corpus("documents.jsonl").toString(),
                "--golden",
                corpus("golden.jsonl").toString(),
                "--registry",
                surroundings.registry().toString(),
                "--name",
                model);
        String last = output.lines()
                .filter(line -> line.startsWith("{"))
                .reduce((_, later) -> later)
                .orElseThrow(() -> new IllegalStateException("register printed no JSON line: " + output));
        String version = json(last).path("version").asText();
        if (version.isEmpty()) {
            throw new IllegalStateException("register named no version: " + last);
        }
        return version;
    }

    /** The golden questions of the corpus: what the users of the run ask. */
    public List<String> questions() {
        List<String> questions = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(corpus("golden.jsonl"))) {
                if (!line.isBlank()) {
                    questions.add(json(line).path("query").asText());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return questions;
    }

    private Path corpus(String file) {
        return surroundings.root().resolve("samples/corpus").resolve(file);
    }

    private static JsonNode json(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("not JSON: " + line, e);
        }
    }
}
