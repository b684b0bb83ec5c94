package dev.ragops.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

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
    class Evaluate {
        @Test
        void prints_one_line_of_json() {
            assertThat(RuntimeCommand.execute("evaluate", folder())).isZero();
            assertThat(output()).contains("{\"queries\": 1, \"ndcg_at_10\": 1.0000");
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
            assertThat(output()).contains("ndcg_at_10=1.0");
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
            for (String command : new String[] {"serve", "fetch", "register", "evaluate"}) {
                assertThat(RuntimeCommand.execute(command, "--help")).isZero();
                assertThat(output()).contains("Usage: ragops " + command);
            }
            assertThat(RuntimeCommand.execute("--version")).isZero();
            assertThat(RuntimeCommand.execute("nonsense")).isEqualTo(RuntimeCommand.USAGE);
        }
    }
}
