package dev.ragops.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ragops.runtime.bundle.Bundle;
import dev.ragops.runtime.bundle.BundleBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the init container says and how it ends, for everything that can be wrong with a version: 3 when trying again helps, 4 when it does not. */
@Isolated("System.err is the process's")
class FetchTest {
    private static final String FILES = "/api/2.0/mlflow-artifacts/artifacts/1/run/artifacts/bundle/";

    @TempDir
    Path directory;

    private HttpServer server;
    private final PrintStream err = System.err;
    private final ByteArrayOutputStream complained = new ByteArrayOutputStream();
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final Map<String, Integer> refusals = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> ranges = new ConcurrentLinkedQueue<>();
    private final AtomicInteger cuts = new AtomicInteger();
    private volatile boolean resumes = true;
    private volatile String digest = "";

    @BeforeEach
    void start() throws IOException {
        System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
        bundle(
                "apiVersion: ragops.dev/bundle-v1\nname: test\n",
                Map.of("documents.jsonl", "{\"id\":\"a\",\"text\":\"b\"}\n"));
    }

    @AfterEach
    void stop() {
        System.setErr(err);
        server.stop(0);
    }

    private void bundle(String yaml, Map<String, String> others) throws IOException {
        Path source = Files.createTempDirectory(directory, "source");
        Files.writeString(source.resolve("rag.yaml"), yaml);
        for (var other : others.entrySet()) {
            Path file = source.resolve(other.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, other.getValue(), StandardCharsets.ISO_8859_1);
        }
        Bundle sealed = BundleBuilder.seal(source);
        digest = sealed.digest();
        files.clear();
        for (String file : others.keySet()) {
            files.put(file, Files.readAllBytes(source.resolve(file)));
        }
        files.put("rag.yaml", Files.readAllBytes(source.resolve("rag.yaml")));
        files.put("manifest.json", Files.readAllBytes(source.resolve("manifest.json")));
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.startsWith(FILES)) {
            file(exchange, path.substring(FILES.length()));
            return;
        }
        String body = path.endsWith("get-download-uri")
                ? "{\"artifact_uri\":\"mlflow-artifacts:/1/run/artifacts/bundle\"}"
                : "{\"model_version\":{\"tags\":[{\"key\":\"ragops.digest\",\"value\":\"" + digest + "\"}]}}";
        send(exchange, refusals.getOrDefault("api", 200), body.getBytes(StandardCharsets.UTF_8));
    }

    private void file(HttpExchange exchange, String name) throws IOException {
        byte[] content = files.get(name);
        int status = refusals.getOrDefault(name, content == null ? 404 : 200);
        if (status != 200 || content == null) {
            send(exchange, status, "no".getBytes(StandardCharsets.UTF_8));
            return;
        }
        String range = exchange.getRequestHeaders().getFirst("range");
        ranges.add(name + " " + range);
        int from = range == null || !resumes ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        byte[] rest = Arrays.copyOfRange(content, from, content.length);
        if (name.equals("documents.jsonl") && cuts.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            exchange.sendResponseHeaders(from == 0 ? 200 : 206, rest.length);
            exchange.getResponseBody().write(rest, 0, rest.length / 2);
            exchange.getResponseBody().flush();
            throw new IOException("cut on purpose");
        }
        send(exchange, from == 0 ? 200 : 206, rest);
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    private int fetch() {
        return RuntimeCommand.execute(
                "fetch",
                "--registry",
                "http://127.0.0.1:" + server.getAddress().getPort(),
                "--model",
                "models:/m/1",
                "--to",
                directory.resolve("to").toString());
    }

    private void ends(int code, String... words) {
        assertThat(fetch()).isEqualTo(code);
        String last = complained.toString(StandardCharsets.UTF_8).lines().reduce("", (_, line) -> line);
        assertThat(last)
                .startsWith(code == RuntimeCommand.INVALID ? "invalid: " : "unreachable: ")
                .contains(words);
    }

    @Nested
    class What_is_registered {
        @ParameterizedTest
        @CsvSource({"rag.yaml", "documents.jsonl", "manifest.json"})
        void may_lack_no_file(String name) {
            files.remove(name);

            ends(RuntimeCommand.INVALID, name);
        }

        @Test
        void may_not_be_cut_short_or_altered() {
            byte[] whole = files.getOrDefault("documents.jsonl", new byte[0]);
            files.put("documents.jsonl", Arrays.copyOf(whole, whole.length - 3));
            ends(RuntimeCommand.INVALID, "documents.jsonl", "truncated");

            whole[2] ^= 1;
            files.put("documents.jsonl", whole);
            ends(RuntimeCommand.INVALID, "documents.jsonl", "SHA-256");
        }

        @Test
        void may_not_be_larger_than_it_says() {
            files.put("documents.jsonl", new byte[1 << 20]);

            ends(RuntimeCommand.INVALID, "documents.jsonl", "larger than");
        }

        @Test
        void must_be_what_its_digest_names() {
            digest = "f".repeat(64);
            ends(RuntimeCommand.INVALID, "manifest.json of version 1 of m", "expected ffffffffffff");

            digest = "";
            ends(RuntimeCommand.INVALID, "no tag ragops.digest");
        }

        @ParameterizedTest
        @CsvSource({"../../etc/cron.d/x", "/etc/passwd", ".bashrc", "a/../../b"})
        void may_name_no_path_outside(String path) {
            files.put(
                    "manifest.json",
                    ("{\"files\":{\"" + path + "\":{\"sha256\":\"" + "0".repeat(64) + "\",\"size\":1}}}")
                            .getBytes(StandardCharsets.UTF_8));

            ends(RuntimeCommand.INVALID, "manifest.json: path '" + path + "' is not allowed");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "<html>|manifest.json is not JSON",
                    "[1]|manifest.json has no object",
                    "{\"files\":{\"a\":{\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"size\":3000000000}}}|manifest.json: the bundle is larger than 2048 MiB",
                })
        void must_have_a_manifest_that_is_one(String manifest, String why) {
            files.put("manifest.json", manifest.getBytes(StandardCharsets.UTF_8));

            ends(RuntimeCommand.INVALID, why);
        }

        @Test
        void must_have_a_rag_yaml_that_is_one() {
            // Sealed by something that does not look inside.
            String yaml = "apiVersion: ragops.dev/bundle-v1\nname: &a [*a]\n";
            seal("rag.yaml", yaml.getBytes(StandardCharsets.UTF_8));
            ends(RuntimeCommand.INVALID, "rag.yaml");

            seal("rag.yaml", "!!java.net.URL [http://evil]".getBytes(StandardCharsets.UTF_8));
            ends(RuntimeCommand.INVALID, "rag.yaml");
        }

        @Test
        void must_have_a_model_that_is_one_file_of_plain_onnx() throws IOException {
            String yaml = """
                    apiVersion: ragops.dev/bundle-v1
                    name: test
                    embedder: {model: embedder/model.onnx, vocabulary: embedder/vocab.txt}
                    """;
            bundle(yaml, Map.of("embedder/model.onnx", "pickle me", "embedder/vocab.txt", "[PAD]\n"));
            ends(RuntimeCommand.INVALID, "embedder/model.onnx is not an ONNX model");

            // ModelProto{ir_version: 8, graph{node{op_type: "Evil", domain: "my.ops"}}}
            bundle(
                    yaml,
                    Map.of(
                            "embedder/vocab.txt",
                            "[PAD]\n",
                            "embedder/model.onnx",
                            "\b\b:\u0010\n\u000e\"\u0004Evil:\u0006my.ops"));
            ends(RuntimeCommand.INVALID, "embedder/model.onnx", "custom operator my.ops.Evil");

            // … graph{node{op_type: "Add"}, initializer{data_location: EXTERNAL}}
            bundle(
                    yaml,
                    Map.of(
                            "embedder/vocab.txt",
                            "[PAD]\n",
                            "embedder/model.onnx",
                            "\b\b:\u000b\n\u0005\"\u0003Add*\u0002p\u0001"));
            ends(RuntimeCommand.INVALID, "embedder/model.onnx", "external data");
        }

        private void seal(String name, byte[] content) {
            files.put(name, content);
            try {
                var digestOf = java.security.MessageDigest.getInstance("SHA-256");
                String sha256 = java.util.HexFormat.of().formatHex(digestOf.digest(content));
                files.put(
                        "manifest.json",
                        ("{\"files\":{\"" + name + "\":{\"sha256\":\"" + sha256 + "\",\"size\":" + content.length
                                        + "}}}")
                                .getBytes(StandardCharsets.UTF_8));
                digest = java.util.HexFormat.of()
                        .formatHex(digestOf.digest((sha256 + "  " + content.length + "  " + name + "\n")
                                .getBytes(StandardCharsets.UTF_8)));
            } catch (java.security.NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Nested
    class A_registry {
        @Test
        void whose_download_breaks_off_is_asked_for_the_rest() {
            cuts.set(2);

            assertThat(fetch()).isZero();
            assertThat(ranges)
                    .filteredOn(range -> range.startsWith("documents.jsonl"))
                    .hasSize(3)
                    .last()
                    .asString()
                    .contains("bytes=");
        }

        @Test
        void that_does_not_resume_is_asked_for_all_of_it_again() {
            cuts.set(2);
            resumes = false;

            assertThat(fetch()).isZero();
        }

        @ParameterizedTest
        @CsvSource({
            "api, 401, credentials (401)",
            "api, 403, refuses (403)",
            "api, 500, answered 500",
            "documents.jsonl, 401, credentials (401)",
            "documents.jsonl, 403, refuses (403)",
            "documents.jsonl, 500, documents.jsonl",
            "manifest.json, 403, refuses (403)",
            "manifest.json, 503, manifest.json"
        })
        void that_does_not_let_us_in_or_is_in_trouble_condemns_no_bundle(String what, int status, String why) {
            refusals.put(what, status);

            ends(RuntimeCommand.UNREACHABLE, why);
        }

        @ParameterizedTest
        @CsvSource({"404", "400"})
        void that_knows_no_such_version_says_so(int status) {
            refusals.put("api", status);

            ends(RuntimeCommand.INVALID, "the registry says " + status);
        }
    }
}
