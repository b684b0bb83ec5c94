package dev.ragops.e2e.demo;

import dev.ragops.e2e.cluster.Connection;
import dev.ragops.e2e.cluster.Surroundings;
import dev.ragops.e2e.report.Claims;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Starts the live run; its exit code is 0 only if every claim held. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        var out = new java.io.PrintStream(System.out, true, StandardCharsets.UTF_8);
        boolean terminal = System.getenv("NO_COLOR") == null
                && System.console() != null
                && System.console().isTerminal();
        Surroundings surroundings;
        try {
            surroundings = Surroundings.of(System.getenv());
        } catch (IllegalStateException e) {
            System.err.println("demo: " + e.getMessage());
            System.exit(2);
            return;
        }
        Claims claims;
        try (KubernetesClient client = Connection.open()) {
            claims = new Claims(new Story(new Screen(out, terminal), client, surroundings).tell());
        }
        out.println();
        out.print(claims.table());
        out.println();
        out.println(claims.lastLine("demo"));
        keep(claims.lastLine("demo"));
        System.exit(claims.exitCode());
    }

    /** For whoever prints something after us and wants this line to be the last all the same. */
    private static void keep(String line) {
        String file = System.getenv("RAGOPS_LAST_LINE_FILE");
        if (file != null) {
            try {
                Files.writeString(Path.of(file), line + System.lineSeparator());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
