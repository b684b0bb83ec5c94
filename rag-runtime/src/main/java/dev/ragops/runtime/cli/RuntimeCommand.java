package dev.ragops.runtime.cli;

import dev.ragops.runtime.bundle.BundleException;
import dev.ragops.runtime.config.ConfigException;
import dev.ragops.runtime.embed.EmbedderException;
import dev.ragops.runtime.evaluate.InvalidInputException;
import dev.ragops.runtime.registry.RegistryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands of the jar, and how their failures leave the process. */
@Command(
        name = "ragops",
        description = "Retrieval server of one revision, and the tools around its bundle.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            ServeCommand.class,
            FetchCommand.class,
            RegisterCommand.class,
            EvaluateCommand.class,
            TuneCommand.class,
            KeyCommand.class
        })
public final class RuntimeCommand {
    /** Not an exit code: the process goes on by its other threads. */
    static final int RUNNING = -1;

    static final int USAGE = 2;
    static final int UNREACHABLE = 3;
    static final int INVALID = 4;
    private static final Logger LOG = LoggerFactory.getLogger(RuntimeCommand.class);
    /** All else is said by the environment. */
    private static final String[] AS_A_POD = {"serve"};

    private static final Path TERMINATION_LOG = Path.of("/dev/termination-log");

    RuntimeCommand() {}

    /** @return the exit code, or a negative number when the process has to go on */
    public static int execute(String... arguments) {
        if (Arrays.equals(arguments, AS_A_POD)) {
            return servePod();
        }
        return new CommandLine(new RuntimeCommand())
                .setExecutionExceptionHandler((failure, line, result) -> explain(failure))
                .setUsageHelpAutoWidth(true)
                .execute(arguments);
    }

    /** Without picocli, which is compiled for Java 5, so that no cache of a start can hold it: it took an eighth of one. */
    private static int servePod() {
        try {
            return new ServeCommand().call();
        } catch (Exception failure) {
            try {
                return explain(failure);
            } catch (Exception unforeseen) {
                LOG.error("the server could not be started", unforeseen);
                return CommandLine.ExitCode.SOFTWARE;
            }
        }
    }

    private static int explain(Exception failure) throws Exception {
        return switch (failure) {
            case RegistryException e when e.isOpen() -> leave(UNREACHABLE, "unreachable: " + e.getMessage());
            case RegistryException e -> leave(INVALID, "invalid: " + e.getMessage());
            case BundleException e -> leave(INVALID, "invalid: " + e.getMessage());
            case ConfigException e -> leave(INVALID, "invalid: " + e.getMessage());
            case EmbedderException e -> leave(INVALID, "invalid: " + e.getMessage());
            case InvalidInputException e -> leave(USAGE, String.valueOf(e.getMessage()));
            default -> throw failure;
        };
    }

    /** The last line on stderr is the reason; Kubernetes shows it as the container's termination message. */
    private static int leave(int code, String message) {
        String reason = message.strip().replaceAll("\\s*\\R\\s*", " ");
        System.err.println(reason);
        if (Files.isWritable(TERMINATION_LOG)) {
            try {
                Files.writeString(TERMINATION_LOG, reason);
            } catch (IOException e) {
                // It stands on stderr.
            }
        }
        return code;
    }
}
