package dev.ragops.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.runtime.JavaProcess;
import dev.ragops.runtime.Main;
import dev.ragops.runtime.bundle.Bundle;
import dev.ragops.runtime.config.RagConfig;
import dev.ragops.runtime.config.RagYaml;
import dev.ragops.runtime.http.access.KeyReader;
import dev.ragops.runtime.http.contract.Contract;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands as a shell runs them: arguments in; output, error line and exit code out. */
@Isolated("System.out and System.err are the process's")
class CommandTest {
    @TempDir
    Path directory;

    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final ByteArrayOutputStream complained = new ByteArrayOutputStream();

    @BeforeEach
    void capture() throws IOException {
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
        Path folder = Files.createDirectories(directory.resolve("folder"));
        Files.writeString(folder.resolve("rag.yaml"), "apiVersion: ragops.dev/bundle-v1\nname: test\n");
        Files.writeString(folder.resolve("documents.jsonl"), """
                {"id":"rollback","title":"Rollback","text":"A rollback is a change of route."}
                {"id":"weather","title":"Weather","text":"It rains in the north."}
                """);
        Files.writeString(folder.resolve("golden.jsonl"), """
                {"id":"q1","query":"how do I roll back","relevant":{"rollback":3},"split":"test"}
                {"id":"q2","query":"rain","relevant":{"weather":1},"split":"tuning"}
                """);
    }

    @AfterEach
    void restore() {
        System.setOut(out);
        System.setErr(err);
    }

    private String folder() {
        return directory.resolve("folder").toString();
    }

    private String output() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private String complaint() {
        return complained.toString(StandardCharsets.UTF_8);
    }

    @Nested
    class Key {
        @Test
        void is_shown_beside_the_line_that_a_runtime_takes() {
            assertThat(RuntimeCommand.execute("key", "new", "--name", "shop", "--collections", "a,b", "--read-only"))
                    .isZero();
            assertThat(complaint()).contains("key of shop, shown only now: rk_");
            assertThat(new KeyReader(Contract.load()).read(output().strip()).collections())
                    .containsExactly("a", "b");
        }

        @Test
        void that_no_runtime_would_take_is_not_made() {
            assertThat(RuntimeCommand.execute("key", "new", "--name", "shop", "--collections", "a b"))
                    .isNotZero();
            assertThat(complaint())
                    .contains("no runtime would take this key: its line collections[0] must consist of letters")
                    .doesNotContain("rk_");
            assertThat(output()).isEmpty();
        }
    }

    @Nested
    class Evaluate {
        @Test
        void prints_one_line_of_json() {
            assertThat(RuntimeCommand.execute("evaluate", folder())).isZero();
            assertThat(output()).contains("{\"queries\":1,\"ndcg_at_10\":1.0000");
        }

        @Test
        void takes_a_mode_and_a_split() {
            assertThat(RuntimeCommand.execute("evaluate", folder(), "--mode", "lexical", "--split", "tuning"))
                    .isZero();
            assertThat(RuntimeCommand.execute("evaluate", folder(), "--mode", "fast"))
                    .isEqualTo(RuntimeCommand.INVALID);
            assertThat(complaint()).contains("--mode must be hybrid, dense or lexical");
        }

        @Test
        void writes_runs_and_rows_and_compares_runs() throws IOException {
            Path run = directory.resolve("lexical.run");
            Path rows = directory.resolve("rows.tsv");

            assertThat(RuntimeCommand.execute(
                            "evaluate",
                            folder(),
                            "--mode",
                            "lexical",
                            "--split",
                            "tuning",
                            "--run",
                            run.toString(),
                            "--per-query",
                            rows.toString()))
                    .isZero();
            assertThat(Files.readString(run)).startsWith("q2 Q0 weather 1 ");
            assertThat(Files.readAllLines(rows))
                    .containsExactly(
                            "query-id\tndcg_at_10\trecall_at_10\trecall_at_100\tmrr\tmap",
                            "q2\t1.0000\t1.0000\t1.0000\t1.0000\t1.0000");

            Path empty = Files.writeString(directory.resolve("empty.run"), "");
            printed.reset();
            assertThat(RuntimeCommand.execute(
                            "evaluate",
                            folder(),
                            "--split",
                            "tuning",
                            "--score",
                            run.toString(),
                            "--compare",
                            empty.toString()))
                    .isZero();
            assertThat(output().lines().filter(line -> line.startsWith("{")))
                    .singleElement()
                    .asString()
                    .contains(
                            "\"compared\":{\"ndcg_at_10\":{\"difference\":1.0000,\"interval\":[1.0000,1.0000],\"better\":1,\"worse\":0,\"equal\":0}");
        }

        @Test
        void takes_recall_where_it_is_wanted() {
            assertThat(RuntimeCommand.execute("evaluate", folder(), "--k", "5,1,20"))
                    .isZero();
            assertThat(output())
                    .contains("\"recall_at_1\":1.0000,\"recall_at_5\":1.0000,\"recall_at_20\":1.0000,\"mrr\"")
                    .contains("\"recall_at_20\":[1.0000,1.0000]")
                    .doesNotContain("recall_at_10");
        }

        @ParameterizedTest
        @ValueSource(strings = {"0", "10,1001", "-1"})
        void takes_no_rank_that_is_none(String ranks) {
            assertThat(RuntimeCommand.execute("evaluate", folder(), "--k=" + ranks))
                    .isEqualTo(RuntimeCommand.USAGE);
            assertThat(complaint()).contains("--k must be one or more numbers from 1 to 1000");
        }

        @Test
        void of_a_split_that_is_none_says_which_there_are() throws IOException {
            assertThat(RuntimeCommand.execute("evaluate", folder(), "--split", "all"))
                    .isEqualTo(RuntimeCommand.INVALID);
            assertThat(complaint()).contains("--split must be tuning or test, not 'all'");

            Files.writeString(directory.resolve("folder/golden.jsonl"), "");
            assertThat(RuntimeCommand.execute("evaluate", folder())).isEqualTo(RuntimeCommand.USAGE);
            assertThat(complaint()).contains("golden.jsonl has no question of the split 'test'");
        }

        @Test
        void of_a_folder_that_is_no_collection_says_which_file_is_missing() {
            assertThat(RuntimeCommand.execute("evaluate", directory.toString())).isEqualTo(RuntimeCommand.USAGE);
            assertThat(complaint()).contains("corpus.jsonl");
        }
    }

    @Nested
    class Register {
        @Test
        void makes_and_measures_a_bundle_without_a_registry_when_told_so() {
            Path output = directory.resolve("bundle");

            assertThat(RuntimeCommand.execute(
                            "register", folder(), "--name", "m", "--dry-run", "--output", output.toString()))
                    .isZero();

            assertThat(output.resolve("manifest.json")).exists();
            assertThat(output.resolve("vectors.bin")).exists();
            assertThat(output())
                    .contains("\"registered\":false")
                    .contains("\"ndcg_at_10\":1.0000")
                    .contains("\"digest\":\"" + Bundle.open(output).digest() + "\"");
        }

        @Test
        void puts_nothing_into_a_place_that_is_taken() throws IOException {
            Path output = Files.createDirectories(directory.resolve("bundle"));
            Files.writeString(output.resolve("old"), "x");

            assertThat(RuntimeCommand.execute(
                            "register", folder(), "--name", "m", "--dry-run", "--output", output.toString()))
                    .isEqualTo(RuntimeCommand.INVALID);
            assertThat(complaint()).contains("is not empty");
        }

        @Test
        void of_a_folder_that_lacks_a_file_names_it() throws IOException {
            assertThat(RuntimeCommand.execute("register", directory.toString(), "--name", "m", "--dry-run"))
                    .isEqualTo(RuntimeCommand.INVALID);
            assertThat(RuntimeCommand.execute(
                            "register",
                            folder(),
                            "--name",
                            "m",
                            "--dry-run",
                            "--golden",
                            directory.resolve("none.jsonl").toString()))
                    .isEqualTo(RuntimeCommand.INVALID);
            assertThat(complaint()).contains("has no rag.yaml").contains("none.jsonl is missing");
        }

        @Test
        void of_a_folder_with_a_link_in_it_is_refused() throws IOException {
            Files.createSymbolicLink(directory.resolve("folder/passwd"), Path.of("/etc/passwd"));

            assertThat(RuntimeCommand.execute("register", folder(), "--name", "m", "--dry-run"))
                    .isEqualTo(RuntimeCommand.INVALID);
            assertThat(complaint()).contains("passwd is a link");
        }

        @Test
        void where_no_registry_answers_ends_with_3() {
            assertThat(RuntimeCommand.execute("register", folder(), "--name", "m", "--registry", "http://127.0.0.1:1"))
                    .isEqualTo(RuntimeCommand.UNREACHABLE);
            assertThat(complaint()).contains("unreachable: the registry at http://127.0.0.1:1 does not answer");
        }

        @Test
        void of_a_folder_with_a_mistake_names_the_field() throws IOException {
            Files.writeString(
                    directory.resolve("folder/rag.yaml"), "apiVersion: ragops.dev/bundle-v1\nname: x\nmode: hybrid\n");

            assertThat(RuntimeCommand.execute("register", folder(), "--name", "m", "--dry-run"))
                    .isEqualTo(RuntimeCommand.INVALID);
            assertThat(complaint()).contains("unknown field mode");
        }
    }

    @Nested
    class Tune {
        @Test
        void chooses_on_the_tuning_split_and_writes_what_to_put_into_rag_yaml() throws IOException {
            // A test split that would be an error to read.
            String golden = Files.readString(directory.resolve("folder/golden.jsonl"));
            Files.writeString(
                    directory.resolve("folder/golden.jsonl"),
                    golden.lines().filter(l -> l.contains("tuning")).findFirst().orElseThrow());
            Path chosen = directory.resolve("chosen.yaml");

            assertThat(RuntimeCommand.execute(
                            "tune", folder(), "--bundle", folder(), "--sizes", "64", "--output", chosen.toString()))
                    .isZero();

            assertThat(output())
                    .contains("{\"split\":\"tuning\",\"queries\":1,\"trials\":20,")
                    .contains("\"gain\":{\"difference\":0.0000,\"interval\":[0.0000,0.0000]");
            RagConfig config = RagYaml.parse(
                    ("apiVersion: ragops.dev/bundle-v1\nname: x\n" + Files.readString(chosen))
                            .getBytes(StandardCharsets.UTF_8),
                    "chosen.yaml");
            assertThat(config.chunking()).isEqualTo(RagConfig.DEFAULT.chunking());
            assertThat(config.retrieval()).isEqualTo(RagConfig.DEFAULT.retrieval());
        }

        @Test
        void without_a_tuning_split_or_with_a_size_that_is_none_says_so() throws IOException {
            assertThat(RuntimeCommand.execute("tune", folder(), "--sizes", "4")).isEqualTo(RuntimeCommand.INVALID);
            assertThat(RuntimeCommand.execute("tune", folder(), "--bundle", directory.toString()))
                    .isEqualTo(RuntimeCommand.INVALID);
            Files.writeString(directory.resolve("folder/golden.jsonl"), "");
            assertThat(RuntimeCommand.execute("tune", folder())).isEqualTo(RuntimeCommand.USAGE);
            assertThat(complaint())
                    .contains("--sizes: chunking.maxTokens is 4")
                    .contains("--bundle: there is no")
                    .contains("no question of the split 'tuning'");
        }
    }

    @Nested
    class Fetch {
        @Test
        void from_where_nobody_answers_ends_with_3() {
            int code = RuntimeCommand.execute(
                    "fetch",
                    "--registry",
                    "http://127.0.0.1:1",
                    "--model",
                    "models:/m/1",
                    "--to",
                    directory.resolve("to").toString());

            assertThat(code).isEqualTo(RuntimeCommand.UNREACHABLE);
            assertThat(complaint().strip())
                    .startsWith("unreachable: the registry at http://127.0.0.1:1 does not answer");
        }

        @Test
        void of_something_that_is_no_version_ends_with_4() {
            int code = RuntimeCommand.execute(
                    "fetch", "--registry", "http://127.0.0.1:1", "--model", "m", "--to", directory.toString());

            assertThat(code).isEqualTo(RuntimeCommand.INVALID);
            assertThat(complaint()).contains("models:/NAME/VERSION");
        }

        @Test
        void without_a_registry_says_how_to_name_one() {
            RuntimeCommand.execute("fetch", "--registry", "", "--model", "models:/m/1", "--to", directory.toString());

            assertThat(complaint()).contains("--registry or set MLFLOW_TRACKING_URI");
        }
    }

    @Nested
    class Serve {
        @Test
        void of_a_folder_that_is_no_bundle_ends_before_it_listens() {
            assertThat(RuntimeCommand.execute("serve", "--bundle", folder())).isEqualTo(RuntimeCommand.INVALID);
            assertThat(complaint()).contains("no manifest.json");
        }

        @Test
        void checks_itself_over_its_own_port_and_ends() {
            assertThat(RuntimeCommand.execute("serve", "--check", "--port", "0", "--host", "127.0.0.1"))
                    .isZero();
            assertThat(output()).contains("serves: 0 passages, 1 questions answered");
        }

        @Test
        void that_refuses_its_own_questions_fails_its_check() throws IOException {
            Path token = Files.writeString(directory.resolve("token"), "right");
            assertThat(RuntimeCommand.execute(
                            "serve", "--check", "--port", "0", "--host", "127.0.0.1", "--token-file", token.toString()))
                    .isZero();
            Path empty = Files.writeString(directory.resolve("empty"), "");
            assertThat(RuntimeCommand.execute(
                            "serve", "--check", "--port", "0", "--host", "127.0.0.1", "--token-file", empty.toString()))
                    .isEqualTo(1);
            assertThat(complaint()).contains("POST /query answered 401");
        }

        @Test
        void with_a_store_that_lacks_its_place_says_which_option_is_missing() {
            assertThat(RuntimeCommand.execute("serve", "--store", "sqlite")).isEqualTo(RuntimeCommand.INVALID);
            assertThat(RuntimeCommand.execute("serve", "--store", "postgres")).isEqualTo(RuntimeCommand.INVALID);
            assertThat(RuntimeCommand.execute("serve", "--store", "oracle")).isEqualTo(RuntimeCommand.INVALID);
            assertThat(complaint())
                    .contains("--store sqlite needs --data")
                    .contains("--store postgres needs --postgres-url-file")
                    .contains("--store must be none, sqlite or postgres");
        }

        @Test
        void as_a_pod_takes_all_from_the_environment_and_names_the_variable_that_is_wrong() throws Exception {
            assertThat(pod(Map.of("RAGOPS_BUNDLE", folder()))).contains("no manifest.json", "exit code 4");
            assertThat(pod(Map.of("RAGOPS_STORE", "oracle"))).contains("none, sqlite or postgres", "exit code 4");
            assertThat(pod(Map.of("RAGOPS_PORT", "http")))
                    .contains("RAGOPS_PORT must be a port", "'http'", "exit code 4");
            assertThat(pod(Map.of("RAGOPS_PORT", "65536"))).contains("RAGOPS_PORT must be a port", "exit code 4");
            assertThat(pod(Map.of("RAGOPS_MODEL_URI", "models:/m/1", "MLFLOW_TRACKING_URI", "http://127.0.0.1:1")))
                    .contains("unreachable", "127.0.0.1:1", "exit code 3");
        }

        private String pod(Map<String, String> variables) throws Exception {
            ProcessBuilder builder = JavaProcess.of(Main.class, "serve").redirectErrorStream(true);
            builder.environment().keySet().removeIf(name -> name.startsWith("RAGOPS_") || name.startsWith("MLFLOW_"));
            builder.environment().putAll(variables);
            builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
            Process process = builder.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return said + "exit code " + process.waitFor();
        }

        @Test
        void with_overrides_that_are_not_there_names_the_file() {
            assertThat(RuntimeCommand.execute(
                            "serve", "--config", directory.resolve("none.json").toString()))
                    .isEqualTo(RuntimeCommand.INVALID);
            assertThat(complaint()).contains("none.json");
        }
    }

    @Nested
    class Help {
        @Test
        void is_there_for_every_command() {
            for (String command : new String[] {"serve", "fetch", "register", "evaluate", "tune"}) {
                assertThat(RuntimeCommand.execute(command, "--help")).isZero();
                assertThat(output()).contains("Usage: ragops " + command);
            }
            assertThat(RuntimeCommand.execute("--version")).isZero();
            assertThat(RuntimeCommand.execute("nonsense")).isEqualTo(RuntimeCommand.USAGE);
        }
    }
}
