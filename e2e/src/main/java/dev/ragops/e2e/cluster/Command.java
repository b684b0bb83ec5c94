package dev.ragops.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs the binaries a user would run, so that what works here works for them. */
public final class Command {
    private final Path directory;

    public Command(Path directory) {
        this.directory = directory;
    }

    /**
     * How a command ended.
     *
     * @param code exit code
     * @param output stdout and stderr, as they came
     */
    public record Result(int code, String output) {}

    /** Runs to a good end, or throws with what the command said. */
    public String run(Duration deadline, String... command) {
        Result result = tryRun("", deadline, command);
        if (result.code() != 0) {
            throw new IllegalStateException(
                    "%s ended with %d:%n%s".formatted(String.join(" ", command), result.code(), result.output()));
        }
        return result.output();
    }

    /** Runs to whatever end, with this text on its standard input. */
    public Result tryRun(String input, Duration deadline, String... command) {
        try {
            Process process = new ProcessBuilder(List.of(command))
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
            CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> read(process));
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // The command did not want it all; what it made of that stands in its output.
            }
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                return new Result(124, output.join() + "\nstopped after " + deadline.toSeconds() + " s without an end");
            }
            return new Result(process.exitValue(), output.join());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command[0] + "; is it in the PATH?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in " + String.join(" ", command), e);
        }
    }

    private static String read(Process process) {
        try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
