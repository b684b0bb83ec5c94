package dev.ragops.runtime.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundleTest {
    private static final String DIGEST = "0".repeat(64);

    @TempDir
    Path directory;

    @BeforeEach
    void files() throws IOException {
        write("rag.yaml", "apiVersion: ragops.dev/bundle-v1\nname: test\n");
        write(
                "documents.jsonl",
                "{\"id\":\"a\",\"text\":\"one\",\"metadata\":{\"n\":1,\"b\":true,\"l\":[\"x\"],\"d\":0.5}}\n\n");
    }

    private void write(String path, String content) throws IOException {
        Files.createDirectories(directory.resolve(path).getParent());
        Files.writeString(directory.resolve(path), content);
    }

    @Nested
    class A_sealed_folder {
        @Test
        void opens_as_a_bundle_with_one_digest_for_one_content() throws IOException {
            Bundle sealed = BundleBuilder.seal(directory);

            assertThat(Bundle.open(directory).digest())
                    .isEqualTo(sealed.digest())
                    .hasSize(64);
            assertThat(sealed.config().name()).isEqualTo("test");
            assertThat(sealed.file("documents.jsonl")).isPresent();
            write("golden.jsonl", "dropped in later");
            assertThat(sealed.file("golden.jsonl")).isEmpty();
            Files.delete(directory.resolve("golden.jsonl"));

            write("documents.jsonl", "{\"id\":\"a\",\"text\":\"two\"}\n");
            assertThat(BundleBuilder.seal(directory).digest()).isNotEqualTo(sealed.digest());
        }

        @Test
        void may_not_hold_hidden_files() throws IOException {
            write(".secret", "x");

            assertThatThrownBy(() -> BundleBuilder.seal(directory)).hasMessageContaining(".secret");
        }
    }

    @Nested
    class A_bundle_is_refused {
        @Test
        void without_a_manifest() {
            refused("no manifest.json");
        }

        @Test
        void when_a_file_is_missing() throws IOException {
            BundleBuilder.seal(directory);
            Files.delete(directory.resolve("documents.jsonl"));

            refused("documents.jsonl is missing");
        }

        @Test
        void when_a_file_is_truncated() throws IOException {
            BundleBuilder.seal(directory);
            write("documents.jsonl", "{");

            refused("documents.jsonl has 1 bytes");
            refused("truncated");
        }

        @Test
        void when_a_file_was_altered() throws IOException {
            BundleBuilder.seal(directory);
            String content = Files.readString(directory.resolve("documents.jsonl"));
            write("documents.jsonl", content.replace("one", "two"));

            refused("documents.jsonl has SHA-256");
        }

        @Test
        void when_a_file_is_a_link() throws IOException {
            BundleBuilder.seal(directory);
            Path elsewhere = Files.move(directory.resolve("documents.jsonl"), directory.resolve("elsewhere"));
            Files.createSymbolicLink(directory.resolve("documents.jsonl"), elsewhere);

            refused("documents.jsonl is missing");
        }

        @Test
        void when_its_embedder_is_a_file_that_nothing_proves() throws IOException {
            write(
                    "rag.yaml",
                    "apiVersion: ragops.dev/bundle-v1\nname: test\nembedder: {model: m.onnx, vocabulary: v.txt}\n");
            write("m.onnx", "x");

            assertThatThrownBy(() -> BundleBuilder.seal(directory))
                    .hasMessage(
                            "rag.yaml: embedder names 'v.txt', which is not in the bundle: manifest.json does not name it");
        }

        @Test
        void when_the_manifest_does_not_name_rag_yaml() throws IOException {
            write("manifest.json", "{\"files\":{}}");

            refused("does not name rag.yaml");
        }

        @Test
        void when_rag_yaml_is_not_right() throws IOException {
            write("rag.yaml", "apiVersion: ragops.dev/bundle-v1\nname: test\nretrievel: {}\n");

            assertThatThrownBy(() -> BundleBuilder.seal(directory)).hasMessageContaining("unknown field retrievel");
        }

        private void refused(String why) {
            assertThatThrownBy(() -> Bundle.open(directory))
                    .isInstanceOf(BundleException.class)
                    .hasMessageContaining(why);
        }
    }

    @Nested
    class A_manifest {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "../x",
                    "/etc/passwd",
                    "a/../b",
                    "a//b",
                    "",
                    ".hidden",
                    "a/.hidden",
                    "a/b/",
                    "a\\\\b",
                    "manifest.json",
                    "a/b/c/d/e/f/g/h/i",
                    "c:"
                })
        void may_name_no_path_that_leaves_or_hides(String path) {
            assertThatThrownBy(() -> parse("{\"files\":{\"" + path + "\":{\"sha256\":\"" + DIGEST + "\",\"size\":1}}}"))
                    .isInstanceOf(BundleException.class)
                    .hasMessageContaining("not allowed");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "no json",
                    "[]",
                    "{}",
                    "{\"files\":[]}",
                    "{\"files\":{\"a\":{\"sha256\":\"xyz\",\"size\":1}}}",
                    "{\"files\":{\"a\":{\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\"}}}",
                    "{\"files\":{\"a\":{\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"size\":-1}}}"
                })
        void that_is_none_is_refused(String json) {
            assertThatThrownBy(() -> parse(json))
                    .isInstanceOf(BundleException.class)
                    .hasMessageContaining("manifest.json");
        }

        @Test
        void of_a_bundle_that_is_too_large_is_refused() {
            assertThatThrownBy(() -> parse("{\"files\":{\"a\":{\"sha256\":\"" + DIGEST + "\",\"size\":9999999999}}}"))
                    .hasMessageContaining("larger than 2048 MiB");
        }

        @Test
        void of_files_that_are_too_large_together_is_refused() {
            String half = ":{\"sha256\":\"" + DIGEST + "\",\"size\":1500000000}";

            assertThatThrownBy(() -> parse("{\"files\":{\"a\"" + half + ",\"b\"" + half + "}}"))
                    .hasMessageContaining("larger than 2048 MiB");
        }

        @Test
        void that_is_too_large_or_names_too_much_is_refused() throws IOException {
            StringBuilder many = new StringBuilder();
            for (int i = 0; i < 1001; i++) {
                many.append(i == 0 ? "" : ",")
                        .append("\"f")
                        .append(i)
                        .append("\":{\"sha256\":\"")
                        .append(DIGEST)
                        .append("\",\"size\":1}");
            }
            assertThatThrownBy(() -> parse("{\"files\":{" + many + "}}")).hasMessageContaining("more than 1000");

            Files.write(directory.resolve("manifest.json"), new byte[(4 << 20) + 1]);
            assertThatThrownBy(() -> Bundle.open(directory)).hasMessageContaining("manifest.json is too large");
        }

        @Test
        void that_names_a_file_twice_is_refused() {
            String entry = "\"a\":{\"sha256\":\"" + DIGEST + "\",\"size\":1}";

            assertThatThrownBy(() -> parse("{\"files\":{" + entry + "," + entry + "}}"))
                    .isInstanceOf(BundleException.class)
                    .hasMessageContaining("Duplicate field 'a'");
            assertThatThrownBy(() -> parse("{\"files\":{}} {\"files\":{}}")).isInstanceOf(BundleException.class);
        }

        @Test
        void that_names_a_file_and_a_folder_alike_is_refused() {
            String size = ":{\"sha256\":\"" + DIGEST + "\",\"size\":1}";

            assertThatThrownBy(() -> parse("{\"files\":{\"a/b\"" + size + ",\"a/b/c\"" + size + "}}"))
                    .hasMessageContaining("'a/b' is a file, and 'a/b/c' lies below it");
        }

        @Test
        void is_written_as_it_is_read() {
            Manifest manifest = parse("{\"files\":{\"a\":{\"sha256\":\"" + DIGEST + "\",\"size\":1}}}");

            assertThat(Manifest.parse(manifest.toJson())).isEqualTo(manifest);
        }

        private Manifest parse(String json) {
            return Manifest.parse(json.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Nested
    class Lines {
        @Test
        void of_documents_carry_their_metadata() {
            assertThat(JsonLines.documents(directory.resolve("documents.jsonl")))
                    .singleElement()
                    .satisfies(document -> assertThat(document.metadata())
                            .containsEntry("n", 1L)
                            .containsEntry("b", true)
                            .containsEntry("d", 0.5)
                            .containsEntry("l", java.util.List.of("x")));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"text\":\"x\"}",
                    "{\"id\":\"a\"}",
                    "{\"id\":1,\"text\":\"x\"}",
                    "{\"id\":\" \",\"text\":\"x\"}",
                    "[]",
                    "nonsense",
                    "{\"id\":\"a\",\"text\":\"x\",\"metadata\":[]}",
                    "{\"id\":\"a\",\"text\":\"x\",\"metadata\":{\"deep\":{\"er\":1}}}",
                    "{\"id\":\"a\",\"text\":\"x\",\"metadata\":{\"l\":[[1]]}}"
                })
        void that_are_wrong_are_named(String line) throws IOException {
            write("documents.jsonl", "\n" + line + "\n");

            assertThatThrownBy(() -> JsonLines.documents(directory.resolve("documents.jsonl")))
                    .isInstanceOf(BundleException.class)
                    .hasMessageContaining("documents.jsonl line 2");
        }

        @Test
        void that_repeat_an_id_are_named() throws IOException {
            write("documents.jsonl", "{\"id\":\"a\",\"text\":\"x\"}\n{\"id\":\"a\",\"text\":\"y\"}\n");
            assertThatThrownBy(() -> JsonLines.documents(directory.resolve("documents.jsonl")))
                    .hasMessage("documents.jsonl line 2 repeats the id a");

            write("golden.jsonl", "{\"id\":\"q\",\"query\":\"x\"}\n\n{\"id\":\"q\",\"query\":\"y\"}\n");
            assertThatThrownBy(() -> JsonLines.golden(directory.resolve("golden.jsonl")))
                    .hasMessage("golden.jsonl line 3 repeats the id q");
        }

        @ParameterizedTest
        @ValueSource(strings = {"{\"a\":\"high\"}", "{\"a\":1.5}", "{\"a\":-1}"})
        void of_questions_with_something_else_for_a_grade_are_named(String relevant) throws IOException {
            write("golden.jsonl", "{\"id\":\"q\",\"query\":\"x\",\"relevant\":" + relevant + "}\n");
            assertThatThrownBy(() -> JsonLines.golden(directory.resolve("golden.jsonl")))
                    .hasMessage("golden.jsonl line 1: relevant.a must be a grade, 0 and up");
        }

        @Test
        void that_are_not_utf8_are_refused() throws IOException {
            Files.write(directory.resolve("documents.jsonl"), new byte[] {(byte) 0xff, (byte) 0xfe});

            assertThatThrownBy(() -> JsonLines.documents(directory.resolve("documents.jsonl")))
                    .hasMessageContaining("not UTF-8");
        }

        @Test
        void of_questions_carry_grades_and_split() throws IOException {
            write("golden.jsonl", "{\"id\":\"q\",\"query\":\"why\",\"relevant\":{\"a\":2},\"split\":\"test\"}\n");

            assertThat(JsonLines.golden(directory.resolve("golden.jsonl")))
                    .containsExactly(new JsonLines.GoldenQuestion("q", "why", Map.of("a", 2), "test"));
        }
    }

    @Nested
    class A_file_of_vectors {
        @Test
        void gives_back_what_was_written_to_the_same_embedder_only() throws IOException {
            Path file = directory.resolve("vectors.bin");
            VectorsFile.write(file, "print", 2, Map.of(DIGEST, new float[] {0.5f, -1f}));

            assertThat(VectorsFile.read(file, "print", 2).get(DIGEST)).containsExactly(0.5f, -1f);
            assertThat(VectorsFile.read(file, "other", 2)).isEmpty();
            assertThatThrownBy(() -> VectorsFile.read(file, "print", 3)).hasMessageContaining("length 2");
        }

        @Test
        void that_is_something_else_or_cut_off_is_refused() throws IOException {
            Path file = directory.resolve("vectors.bin");
            Files.writeString(file, "nonsense");
            assertThatThrownBy(() -> VectorsFile.read(file, "print", 2)).hasMessageContaining("no file of vectors");

            VectorsFile.write(file, "print", 2, Map.of(DIGEST, new float[] {0.5f, -1f}));
            byte[] whole = Files.readAllBytes(file);
            Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 3));
            assertThatThrownBy(() -> VectorsFile.read(file, "print", 2)).isInstanceOf(BundleException.class);
        }
    }
}
