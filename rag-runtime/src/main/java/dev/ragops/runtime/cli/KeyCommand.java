package dev.ragops.runtime.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ragops.runtime.config.ConfigException;
import dev.ragops.runtime.http.access.ApiKey;
import dev.ragops.runtime.http.access.KeyReader;
import dev.ragops.runtime.http.contract.Contract;
import dev.ragops.runtime.http.contract.JsonBody;
import dev.ragops.runtime.http.contract.Problem;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes API keys: the key for its owner, shown once, and the line that a runtime keeps. */
@Command(
        name = "key",
        description = "Make API keys of clients.",
        mixinStandardHelpOptions = true,
        subcommands = KeyCommand.New.class)
final class KeyCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return RuntimeCommand.USAGE;
    }

    @Command(
            name = "new",
            description = {
                "Make a key. The key goes to stderr, once; the line for the key file or the Secret goes to stdout:",
                "  ./ragops key new --name shop >> api-keys.jsonl",
                "  kubectl create secret generic support-api-keys --from-file=api-keys.jsonl"
            },
            mixinStandardHelpOptions = true)
    static final class New implements Callable<Integer> {
        @Option(names = "--name", required = true, paramLabel = "NAME", description = "whose key it is, for people")
        String name = "";

        @Option(
                names = "--collections",
                split = ",",
                paramLabel = "NAME",
                description = "collections the key is for, the first is meant when a request names none (default: all)")
        List<String> collections = List.of();

        @Option(names = "--read-only", description = "the key may ask, and not write")
        boolean readOnly;

        @Option(
                names = "--filter",
                paramLabel = "JSON",
                description =
                        "metadata filter that everything the key reads goes through; such a key only reads, e.g. '{\"type\":\"eq\",\"key\":\"tenant\",\"value\":\"a\"}'")
        String filter = "";

        @Option(
                names = "--requests-per-second",
                paramLabel = "N",
                description = "quota of the key on each pod (default: none)")
        double requestsPerSecond;

        @Spec
        CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            if (requestsPerSecond < 0) {
                throw new ConfigException("--requests-per-second must be above 0");
            }
            ApiKey.Made made = ApiKey.make(
                    name,
                    collections,
                    !readOnly && filter.isBlank(),
                    filter(),
                    requestsPerSecond > 0 ? OptionalDouble.of(requestsPerSecond) : OptionalDouble.empty());
            try {
                new KeyReader(Contract.load()).read(made.entry().line());
            } catch (IllegalArgumentException e) {
                throw new ConfigException("no runtime would take this key: its line " + e.getMessage());
            }
            PrintWriter err = spec.commandLine().getErr();
            err.println("key of " + name + ", shown only now: " + made.key());
            err.flush();
            PrintWriter out = spec.commandLine().getOut();
            out.println(made.entry().line());
            out.flush();
            return 0;
        }

        private Optional<JsonNode> filter() {
            if (filter.isBlank()) {
                return Optional.empty();
            }
            try {
                JsonNode node = JsonBody.parse(filter.getBytes(StandardCharsets.UTF_8));
                Contract.load().schema("Filter").check("filter", node);
                return Optional.of(node);
            } catch (Problem problem) {
                throw new ConfigException("--filter: " + problem.detail());
            }
        }
    }
}
